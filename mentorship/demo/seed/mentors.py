"""Forty mentors: name, employer ("" is independent), city, position, what they say, topics, places."""

# One line a person, to be read like a list.
# ruff: noqa: E501 - prose
# fmt: off

from typing import NamedTuple


class MentorWords(NamedTuple):
    """One mentor; `former` names an earlier employer, `function` and `seniority` are values of the closed lists."""

    name: str
    employer: str
    city: str
    headline: str
    about: str
    topics: tuple[str, ...]
    places: int = 2
    function: str = "general"
    seniority: int = 4
    former: str = ""


M = MentorWords
MENTORS: tuple[MentorWords, ...] = (
    M("Ruth Adeyemi", "", "Bristol", "Former chief executive, Calder Water", "Nobody told me the truth in my first year, because nobody could afford to. I can. I ask more than I answer, and I will want to know what you did about it.", ("First hundred days", "Working with a board", "Following a founder", "Letting go of operations"), 3, former="Calder Water"),
    M("Kenji Watanabe-Rao", "Hokuto", "Tokyo", "President, Hokuto Robotics", "I took a family firm through its first foreign acquisition and learned patience from both sides. I like to think on paper, one page at a time.", ("Leading across cultures", "Family owners", "Entering new markets", "Innovation"), 2),
    M("Maximiliane von Hohenfels", "Baltica", "Hamburg", "Chief risk officer, Baltica Reinsurance", "Twenty-five years of saying what may go wrong, the last ten of them to boards. Bring me the decision you keep postponing.", ("Working with a board", "Crisis", "Presence and voice"), 1, "finance", 3),
    M("Olumide Bankole", "Ebun", "Lagos", "Managing director, Ebun Bank", "I have led through three devaluations and one run on the bank. Calm can be learned; I learned it late.", ("Crisis", "Turnaround", "Building a top team"), 2),
    M("Helena Sandberg", "Skagen", "Copenhagen", "Chief people officer, Skagen Shipping", "I have closed two sites and opened four. The closures taught me more, and I am glad to share how we did them decently.", ("Closing a site well", "Difficult conversations", "Diversity in leadership", "Succession"), 2, "people", 3),
    M("Tomás Aguilar", "Solera", "Madrid", "Managing director, Solera Bebidas", "A chemist who ended up in brands. I was promoted over my friends, and we are still friends; it took work.", ("Leading former peers", "Pricing and margins", "Customers at the centre"), 2),
    M("Priya Raghunathan", "Tamarind", "Mumbai", "Chief technology officer, Tamarind Telecom", "I rebuilt a network while two hundred million people were using it. Ask me about the eighteen months before it worked.", ("Digital transformation", "Scaling up", "From expert to executive"), 2, "technology", 3),
    M("Grant Okafor-Miles", "Alder Mutual", "Chicago", "Chief executive, Alder Mutual", "I came up through claims, which is where one sees what promises are worth. Twelve years as chief executive, three boards, one regret.", ("Becoming chief executive", "Working with a board", "Succession"), 2),
    M("Ingrid Vestergaard", "", "Copenhagen", "Chair of three boards; former shipping executive", "I chair so that others speak. If you are about to join your first board, let us talk before you sign.", ("A first board seat", "Chairing well", "The next chapter"), 3, seniority=5, former="Skagen"),
    M("David Mokoena", "Karoo", "Johannesburg", "Chief operating officer, Karoo Minerals", "Mines teach humility: everything is dangerous and nothing is quick. I have led eleven thousand people in five languages.", ("Leading across cultures", "Sustainability", "Crisis"), 2, "operations", 3),
    M("Catherine Penhaligon", "Penrose", "London", "Chief financial officer, Penrose Infrastructure", "I explain debt to engineers and engineering to lenders. A good question saves more than a good model.", ("Private equity owners", "Working with a board", "From expert to executive"), 1, "finance", 3),
    M("Rafael Monteiro", "Meridian Foods", "São Paulo", "President, Meridian Foods", "I inherited a company in its founder's image and had to change it while he watched. We did it together in the end.", ("Following a founder", "Family owners", "Turnaround"), 2),
    M("Anneke de Wit", "Northwind Freight", "Rotterdam", "Managing director, Northwind Freight", "I gave up a safe staff position for a loss-making terminal. The best decision I made, and nobody recommended it.", ("Turnaround", "First hundred days", "Letting go of operations"), 2),
    M("Michael Brandt", "Aurelia", "Munich", "Head of research, Aurelia Pharma", "Of forty projects I have stopped thirty-one. Stopping well is what I can teach.", ("Innovation", "From expert to executive", "Building a top team"), 2, "research", 3),
    M("Sunita Deshpande", "", "Mumbai", "Former chief human resources officer; executive coach", "I have sat beside six chief executives in their worst week. What I heard there stays there; what I learned I pass on.", ("Difficult conversations", "Building a top team", "Presence and voice"), 3, "people", 3, "Tamarind"),
    M("Laura Bennett", "Whitcombe", "Sydney", "Chief executive, Whitcombe Stores", "From the till to the top floor in twenty-six years, with two children and one detour. I believe in short meetings.", ("Becoming chief executive", "Customers at the centre", "Time and energy"), 2),
    M("Jean-Luc Tremblay", "Cordillera", "Toronto", "Senior vice president, Cordillera Energy", "I negotiate with people whose land we cross. Listening is most of it, and it can be practised.", ("Sustainability", "Presence and voice", "Entering new markets"), 2, "strategy", 2),
    M("Agnieszka Nowicka", "Baltica Life", "Warsaw", "Chief executive, Baltica Life", "I merged two insurers who despised each other. Four years later nobody remembers who came from where.", ("Merger and integration", "Leading former peers", "Becoming chief executive"), 2),
    M("Emre Yıldız", "", "Istanbul", "Investor; former chief executive of a glassmaker", "I sold the company my grandfather founded. If owners and family are the same people at your table, I know the seats.", ("Family owners", "Private equity owners", "The next chapter"), 2),
    M("Yuki Tanabe", "Hokuto Mobility", "Tokyo", "Chief engineer, Hokuto Mobility", "I was the only woman in the drawing office, then in the boardroom. I speak slowly and mean it.", ("Diversity in leadership", "Innovation", "From expert to executive"), 1, "research", 3),
    M("Samuel Whitfield", "Halden", "Boston", "Partner, Halden Partners", "I sit on the side of the table that asks when. I can tell you what we really look at, and what we forget.", ("Private equity owners", "A first board seat", "Pricing and margins"), 2, "finance", 4),
    M("Birgitta Ekström", "Northwind", "Stockholm", "General counsel, Northwind Logistics", "I have written the apology and the press release. Choose your words while there is time.", ("Crisis", "Presence and voice", "Chairing well"), 1, "legal", 3),
    M("Carlos Echeverría", "", "Madrid", "Former chief operating officer, rail and ports", "Forty years of timetables. What I know is how to hand over: a shift, a line, a position.", ("Letting go of operations", "Succession", "The next chapter"), 3, "operations", 3, "Northwind Rail"),
    M("Adaeze Nwosu", "Ebun", "Lagos", "Chief digital officer, Ebun Bank", "We opened four million accounts by telephone before our competitors had a plan. Most of it was leaving people alone.", ("Digital transformation", "Scaling up", "Customers at the centre"), 2, "technology", 3),
    M("Peter Lindgren", "", "Stockholm", "Board member; former manufacturing executive", "I failed in one turnaround and succeeded in two. I prefer to talk about the first.", ("Turnaround", "Working with a board", "Closing a site well"), 2),
    M("Margaret Oyelaran", "Tamar", "London", "Chief executive, Tamar Housing", "I left a bank for a charity and found the harder job. Purpose does not excuse anybody from arithmetic.", ("The next chapter", "Building a top team", "Time and energy"), 2),
    M("Henrik Sørensen", "Skagen", "Copenhagen", "Chief commercial officer, Skagen Shipping", "Prices in our trade move by the hour. I learned to hold a line and a relationship at the same time.", ("Pricing and margins", "Entering new markets", "Leading former peers"), 2, "commercial", 3),
    M("Dana Kowalczyk", "Kestrel", "Boston", "Chief executive, Kestrel Diagnostics", "We were bought this autumn, so my lessons are fresh. I have been on both sides of an acquisition now.", ("Merger and integration", "Scaling up", "Private equity owners"), 1),
    M("Vikram Sethi", "Tamarind Digital", "Mumbai", "Managing director, Tamarind Digital", "Three hundred people to four thousand in five years. I can show you where it creaked.", ("Scaling up", "Building a top team", "Innovation"), 2, "technology", 4),
    M("Fiona MacAllister", "Penrose Grid", "London", "Managing director, Penrose Grid", "I keep the lights on, which teaches one to plan for Tuesdays as well as for storms.", ("Sustainability", "First hundred days", "Working with a board"), 2, "operations", 4),
    M("Joaquim Ferraz", "Meridian Foods", "São Paulo", "Chief supply officer, Meridian Foods", "Between harvest and shelf there are ninety days in which everything can happen. I have learned to sleep through most of it.", ("Letting go of operations", "Crisis", "Leading across cultures"), 2, "operations", 3),
    M("Thandiwe Dlamini", "Karoo", "Johannesburg", "Chief people officer, Karoo Minerals", "I negotiated with four unions and one ministry, and was thanked by all of them, though not on the same day.", ("Difficult conversations", "Closing a site well", "Diversity in leadership"), 2, "people", 3),
    M("Robert Hale", "Alder Mutual", "Boston", "Chief financial officer, Alder Mutual", "I moved from audit to the executive floor and had to unlearn being right. It still happens.", ("From expert to executive", "Working with a board", "Succession"), 1, "finance", 3),
    M("Elif Demirtaş", "Aurelia", "Istanbul", "Regional president, Aurelia Pharma", "Twelve markets, nine currencies, one team. I can help you hear what is not said.", ("Leading across cultures", "Entering new markets", "First hundred days"), 2, "commercial", 4),
    M("Oliver Strand", "", "London", "Former editor; adviser on leadership in public", "I asked the questions for twenty years. Now I help people answer them without a script.", ("Presence and voice", "Crisis", "Time and energy"), 2, "strategy", 3),
    M("Mei-Lin Castellanos", "Whitcombe", "Sydney", "Chief strategy officer, Whitcombe Stores", "Strategy is what one gives up. I collect examples, some of them mine.", ("Customers at the centre", "Innovation", "Sustainability"), 2, "strategy", 3),
    M("Wolfgang Eichner", "Northwind Rail", "Hamburg", "Managing director, Northwind Rail", "I followed a legend, and was compared with him for three years. It passes.", ("Following a founder", "First hundred days", "Turnaround"), 2),
    M("Louise Gagnon", "Cordillera", "Toronto", "Chair, Cordillera Energy", "I have chaired through a takeover, a fire and a very quiet decade. The quiet one was the hardest.", ("Chairing well", "A first board seat", "Becoming chief executive"), 1, seniority=5),
    M("Hassan Karimi", "", "Hamburg", "Professor of practice; former reinsurance executive", "I went from a corner office to a lecture hall, and both audiences look at their telephones. I know how to win them back.", ("The next chapter", "Presence and voice", "Merger and integration"), 3, "strategy", 4, "Baltica"),
    M("Chloe Anand", "Calder Water", "Bristol", "Operations director, Calder Water", "I lead eight hundred people who are only noticed when something breaks. Recognition is a craft.", ("Letting go of operations", "Sustainability", "Leading former peers"), 1, "operations", 2),
)
