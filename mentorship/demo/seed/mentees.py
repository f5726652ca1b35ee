"""Sixty mentees: name, employer, city, position, where they stand, topics of their aims, wish for an industry."""

# One line a person, to be read like a list.
# ruff: noqa: E501 - prose
# fmt: off

from typing import NamedTuple


class MenteeWords(NamedTuple):
    """One mentee; `function`, `seniority` and `wish` are values of the closed lists."""

    name: str
    employer: str
    city: str
    headline: str
    about: str
    aims: tuple[str, ...]
    function: str = "operations"
    seniority: int = 2
    wish: str = "any"


M = MenteeWords
# The first thirty-six are in the cohort that is under way; the others in the one about to match.
MENTEES: tuple[MenteeWords, ...] = (
    M("Amara Lindqvist", "Northwind", "Stockholm", "Chief operating officer, Northwind Logistics", "Promoted in September from running two regions to running all of them. The board meets in three weeks, and I have never prepared one.", ("First hundred days", "Working with a board", "Following a founder"), "operations", 3, "different"),
    M("Daniel Osei", "Penrose Grid", "London", "Director of networks, Penrose Grid", "An engineer among lawyers since I joined the executive team. I win the arguments and lose the meetings.", ("From expert to executive", "Presence and voice"), "technology"),
    M("Sofia Marchetti", "Aurelia", "Munich", "Vice president, clinical operations", "My trials run in fourteen countries, my team in four. I travel too much and decide too little.", ("Leading across cultures", "Time and energy"), "research"),
    M("Arjun Mehta", "Tamarind", "Mumbai", "Head of enterprise sales", "We sell to people who used to be our suppliers. My former peers now report to me, and one of them is better at it.", ("Leading former peers", "Pricing and margins"), "commercial"),
    M("Chiara Lombardi", "Baltica", "Hamburg", "Director of claims", "After ten quiet years, two catastrophes in one spring. I want to do the next one better.", ("Crisis", "Building a top team"), "operations"),
    M("Emeka Obi", "Ebun", "Lagos", "Executive director, retail banking", "Forty branches must close so that the bank can grow. I know their managers by name.", ("Closing a site well", "Difficult conversations"), "commercial", 2),
    M("Hannah Fischer", "Northwind Rail", "Hamburg", "Chief financial officer, Northwind Rail", "I came from audit. Everybody is polite to me, and nobody tells me anything.", ("From expert to executive", "Working with a board"), "finance", 3),
    M("Takeshi Mori", "Hokuto", "Tokyo", "General manager, service robotics", "A small, brilliant unit within a large, careful house. I am its advocate and its controller.", ("Innovation", "Scaling up"), "research"),
    M("Beatriz Nogueira", "Meridian Foods", "São Paulo", "Chief people officer, Meridian Foods", "The founder still walks through the plant every Friday. Half my work happens on Mondays.", ("Family owners", "Difficult conversations"), "people", 3),
    M("Liam Gallagher-Wong", "Whitcombe", "Sydney", "Director of stores", "Three hundred stores, nine regional managers, and a calendar that belongs to everybody else.", ("Letting go of operations", "Time and energy"), "operations"),
    M("Nadia Haddad", "Kestrel", "Boston", "Chief operating officer, Kestrel Diagnostics", "New owners since autumn, new reporting since last week. My team looks at me to see whether it is good news.", ("Merger and integration", "Crisis"), "operations", 3),
    M("Pieter van Rijn", "Northwind Freight", "Rotterdam", "Terminal director", "The terminal is fully automated from spring on. I have to tell four hundred people what that means.", ("Closing a site well", "Digital transformation"), "operations"),
    M("Zanele Khumalo", "Karoo", "Johannesburg", "Head of sustainability", "I have a promise, a budget and no line management. Two of the three are real.", ("Sustainability", "Presence and voice"), "strategy"),
    M("Jakub Zieliński", "Baltica Life", "Warsaw", "Chief actuary", "They say I am on the list for chief executive. I have not been asked whether I want it.", ("Becoming chief executive", "From expert to executive"), "finance", 3),
    M("Elena Petrova-Ruiz", "Solera", "Madrid", "Marketing director", "We have not raised prices in six years, and I have the mandate to do it.", ("Pricing and margins", "Customers at the centre"), "commercial"),
    M("Marcus Whitehead", "Alder Mutual", "Chicago", "Senior vice president, distribution", "I inherited eleven direct reports, and need six. They know.", ("Building a top team", "Difficult conversations"), "commercial"),
    M("Aylin Kaya", "Aurelia", "Istanbul", "Country manager, Türkiye", "My first position with my own result. It is good so far, which nobody at head office believes.", ("First hundred days", "Leading across cultures"), "general"),
    M("Gabriel Tremblay", "Cordillera", "Toronto", "Director of transmission", "A line across four hundred kilometres and nineteen communities. The engineering is the easy part.", ("Sustainability", "Crisis"), "operations"),
    M("Freja Madsen", "Skagen", "Copenhagen", "Head of fleet", "Two ships a year, each a thirty-year decision. I would like to decide with fewer people in the room.", ("Working with a board", "Letting go of operations"), "operations"),
    M("Tunde Adebayo", "Ebun", "Lagos", "Chief risk officer, Ebun Bank", "I say no for a living. I would like to be invited before the decision, not after it.", ("Presence and voice", "Working with a board"), "finance", 3),
    M("Meera Iyer", "Tamarind Digital", "Mumbai", "Vice president, engineering", "From thirty to four hundred engineers in three years. I have not written a line of code since March, and I miss it.", ("Scaling up", "From expert to executive"), "technology"),
    M("Oscar Bergström", "Northwind", "Stockholm", "Director of strategy", "I write the plans that others carry out. I would like to carry one out.", ("Becoming chief executive", "Entering new markets"), "strategy"),
    M("Grace Nakamura", "Hokuto Mobility", "Tokyo", "Director of supplier quality", "The first woman in this position and the first from outside. I am asked for my opinion mainly on the second.", ("Diversity in leadership", "Presence and voice"), "operations"),
    M("Luis Ortega", "Meridian Foods", "São Paulo", "Head of international growth", "Five pilots in five countries, all promising, none profitable. I have to choose.", ("Entering new markets", "Turnaround"), "commercial"),
    M("Charlotte Ashby", "Calder Water", "Bristol", "Head of regulation", "The price review decides our next five years, and I lead it for the first time.", ("Working with a board", "Time and energy"), "legal"),
    M("Rohan Kapoor", "Tamarind", "Mumbai", "Chief of network operations", "Nobody notices when I do my work well. I have begun to mind.", ("Succession", "The next chapter"), "technology", 3),
    M("Ines Carvalho", "Solera", "Madrid", "Supply director", "I took over a turnaround that had been announced three times. The fourth will be the last.", ("Turnaround", "Building a top team"), "operations"),
    M("William Thornbury", "Penrose", "London", "Director of investments", "Our owners want speed, our assets last a hundred years. I stand between them.", ("Private equity owners", "Working with a board"), "finance"),
    M("Anja Kessler", "Baltica", "Munich", "Chief information officer", "We replaced the core system. Everyone sees the cost, and nobody sees the rest.", ("Digital transformation", "Presence and voice"), "technology", 3),
    M("Kofi Mensah-Boateng", "Karoo", "Johannesburg", "Mine general manager", "Eleven hundred people look at me every morning at six. I have no one to look at.", ("Crisis", "Leading across cultures"), "operations"),
    M("Paulina Wójcik", "Baltica Life", "Warsaw", "Director of customer service", "We answer in two minutes and solve it in two weeks. I want the second number.", ("Customers at the centre", "Digital transformation"), "commercial"),
    M("Ethan Rosenberg", "Kestrel", "Boston", "Vice president, product", "My product is why they bought us. Now it has a steering committee.", ("Merger and integration", "Innovation"), "research"),
    M("Linnea Holm", "Northwind Freight", "Rotterdam", "Director of people and culture", "I am leaving a company I love for a position I want, inside the same group.", ("First hundred days", "Difficult conversations"), "people"),
    M("Naomi Fletcher", "Whitcombe", "Sydney", "Finance director", "I would like a board seat elsewhere before I ask for one here.", ("A first board seat", "Working with a board"), "finance"),
    M("Stefan Albrecht", "Aurelia", "Munich", "Head of manufacturing", "Two plants, one too many. The analysis is done, the conversation is not.", ("Closing a site well", "Crisis"), "operations"),
    M("Yetunde Alabi", "Ebun", "Lagos", "Head of corporate affairs", "I speak for people who prefer to be silent. Sometimes I should be silent, too.", ("Presence and voice", "Crisis"), "strategy"),
    M("Matilda Forsberg", "Northwind", "Stockholm", "Director of customer operations", "Our customers are content, and leave. I want to understand why.", ("Customers at the centre", "Building a top team"), "commercial"),
    M("Jonas Petersen", "Skagen", "Copenhagen", "Head of trading", "I am thirty-eight, and everybody I lead is older. It works until it matters.", ("Leading former peers", "Difficult conversations"), "commercial"),
    M("Camila Duarte", "Meridian Foods", "São Paulo", "Director of sustainability", "I promised to halve our water. The promise was mine, the water is not.", ("Sustainability", "Working with a board"), "strategy"),
    M("Benedict Achebe", "Ebun", "Lagos", "Managing director, investment banking", "I have always been first in line for the next thing. For once I do not know what it is.", ("The next chapter", "Becoming chief executive"), "general", 3),
    M("Hiroko Saito", "Hokuto", "Tokyo", "Director of people", "Lifetime employment is ending, and I am to say so gently and in time.", ("Difficult conversations", "Diversity in leadership"), "people"),
    M("Mateusz Kaczmarek", "Baltica Life", "Warsaw", "Chief financial officer, Baltica Life", "My counterpart at the parent is also my predecessor.", ("Working with a board", "Succession"), "finance", 3),
    M("Isla Drummond", "Penrose Grid", "London", "Director of storm response", "For four days a year everybody knows my name. I prepare for them on the other three hundred and sixty-one.", ("Crisis", "Letting go of operations"), "operations"),
    M("Deniz Arslan", "Aurelia", "Istanbul", "Director of market access", "Negotiating with ministries in nine countries has made me patient at work and impatient at home.", ("Time and energy", "Leading across cultures"), "commercial"),
    M("Caroline Dupuis", "Cordillera", "Toronto", "General counsel, Cordillera Energy", "I advise the board and would like to sit on one.", ("A first board seat", "Chairing well"), "legal", 3),
    M("Vusi Ndlovu", "Karoo", "Johannesburg", "Director of projects", "Three projects, each with its own truth. I have to bring one to the board.", ("Working with a board", "Turnaround"), "operations"),
    M("Saskia Bakker", "Northwind Freight", "Rotterdam", "Finance director", "Good numbers for three years; the fourth will not be, and I am the one to say it.", ("Presence and voice", "Pricing and margins"), "finance"),
    M("Aditya Rao", "Tamarind Digital", "Mumbai", "Head of products", "We grew by saying yes. I was appointed to say no.", ("Innovation", "Scaling up"), "technology"),
    M("Rebecca Stein", "Alder Mutual", "Boston", "Chief marketing officer, Alder Mutual", "The first marketer in a house of actuaries. I have learned their language, and begun to forget mine.", ("From expert to executive", "Customers at the centre"), "commercial", 3),
    M("Felix Hartmann", "Northwind Rail", "Hamburg", "Director of operations", "A strike in spring, a new timetable in autumn. In between I became a father.", ("Time and energy", "Crisis"), "operations"),
    M("Adriana Molina", "Solera", "Madrid", "People director", "Two houses became one on paper. In the canteen they are still two.", ("Merger and integration", "Building a top team"), "people"),
    M("Thomas Okonjo", "Tamar", "London", "Director of development, Tamar Housing", "I build homes with other people's money and everybody's hopes.", ("Working with a board", "Sustainability"), "operations"),
    M("Nicole Abbott", "Whitcombe", "Sydney", "Director of digital", "Half of our customers buy on a screen, and half of our board has never done so.", ("Digital transformation", "Presence and voice"), "technology"),
    M("Erik Sandström", "Northwind", "Stockholm", "Regional director, north", "I applied for the position that Amara got. I want to be good at this anyway.", ("The next chapter", "Leading former peers"), "operations"),
    M("Farah Siddiqui", "Tamarind", "Mumbai", "Chief financial officer, Tamarind Telecom", "Our auditors, our owners and our engineers count three different things.", ("Private equity owners", "Building a top team"), "finance", 3),
    M("Joseph Lindberg", "Halden", "Boston", "Principal, Halden Partners", "I have advised forty chief executives, and never been responsible for anything.", ("First hundred days", "From expert to executive"), "strategy"),
    M("Simone Ferreira", "Meridian Foods", "São Paulo", "Plant director", "My plant is the best in the group and the next to be closed, for reasons I understand.", ("Closing a site well", "The next chapter"), "operations"),
    M("Hugo Lefebvre", "Cordillera", "Toronto", "Director of finance", "I was offered the same position in a smaller company, with a board that listens.", ("The next chapter", "Becoming chief executive"), "finance"),
    M("Katarzyna Lis", "Baltica", "Warsaw", "Director of underwriting", "I lead forty specialists of whom each knows more than I do about something.", ("Letting go of operations", "From expert to executive"), "operations"),
    M("Owen Prosser", "Calder Water", "Bristol", "Director of assets", "Everything under the ground is older than anybody can remember. I have five years and a budget for two.", ("Sustainability", "Working with a board"), "technology"),
)
UNDER_WAY = 36
