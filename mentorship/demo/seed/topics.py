"""The list of topics, by group, each with ways in which somebody says that this is their aim."""

TOPICS: dict[str, dict[str, tuple[str, str]]] = {
    "A new position": {
        "First hundred days": (
            "Leave the first hundred days with three decisions made and no enemies by accident.",
            "Find out early what this position is really for, before the calendar decides it.",
        ),
        "From expert to executive": (
            "Stop being the best expert in the room and start leading those who are.",
            "Learn to be useful in meetings whose subject I do not know.",
        ),
        "Following a founder": (
            "Follow a founder without becoming either a copy or a rebellion.",
            "Earn the trust of people who still look at the empty chair.",
        ),
        "Becoming chief executive": (
            "Find out whether I want the chief executive's chair, and what is missing if I do.",
            "Be ready for the succession in two years without campaigning for it.",
        ),
        "Leading former peers": (
            "Lead the colleagues I was promoted over, without pretending nothing changed.",
            "Set terms with two former peers who wanted this position.",
        ),
    },
    "Boards and owners": {
        "Working with a board": (
            "Bring the board problems early instead of solutions late.",
            "Understand what the non-executives want from me between meetings.",
        ),
        "A first board seat": (
            "Choose a first board seat for the right reasons and get it.",
            "Learn to ask questions on a board without running the company.",
        ),
        "Private equity owners": (
            "Work with owners whose clock runs faster than ours.",
            "Speak with our owners about value in their words, and stay honest.",
        ),
        "Family owners": (
            "Tell business from family in a house where both sit at the table.",
            "Become the first chief officer from outside who lasts.",
        ),
        "Chairing well": (
            "Chair so that the quiet half of the room is heard.",
            "Give meetings an end that everybody remembers alike.",
        ),
    },
    "People": {
        "Building a top team": (
            "Turn six strong soloists into a team that decides together.",
            "Make two appointments this year that I will not regret.",
        ),
        "Succession": (
            "Have two people ready for my position before I need them.",
            "Let go of a successor's mistakes while they are still cheap.",
        ),
        "Difficult conversations": (
            "Say the hard sentence in the first five minutes, not the last.",
            "Part with a loyal colleague decently, and this quarter.",
        ),
        "Diversity in leadership": (
            "Change who gets to the last round of our appointments.",
            "Sponsor people who do not remind me of myself.",
        ),
        "Leading across cultures": (
            "Hear the no behind a polite yes in four countries.",
            "Lead a team on three continents without living on aeroplanes.",
        ),
    },
    "Change": {
        "Turnaround": (
            "Bring a loss-making region back without promising what I cannot hold.",
            "Know which of our seven repairs to begin with.",
        ),
        "Merger and integration": (
            "Join two organisations so that the better practice wins, not the bigger one.",
            "Keep our best people through a year of integration.",
        ),
        "Digital transformation": (
            "Spend less on systems and more on what people do with them.",
            "Explain to the business why the first year shows little.",
        ),
        "Sustainability": (
            "Turn our climate promise into three decisions that cost something.",
            "Speak of sustainability with numbers that the finance director signs.",
        ),
        "Closing a site well": (
            "Close a site so that its people would work with us again.",
            "Prepare the town, the union and myself for a closure.",
        ),
    },
    "Growth": {
        "Entering new markets": (
            "Choose one new market instead of five pilots.",
            "Build a first team abroad that is not a copy of head office.",
        ),
        "Scaling up": (
            "Grow from three hundred to a thousand people without losing speed.",
            "Give away decisions faster than we hire.",
        ),
        "Innovation": (
            "Protect two young ideas from our own best practices.",
            "Learn to stop projects while they still look promising.",
        ),
        "Customers at the centre": (
            "Spend a day a month with customers, and let it change something.",
            "Make one promise to customers and organise everything behind it.",
        ),
        "Pricing and margins": (
            "Raise prices for the first time in six years and keep our customers.",
            "Teach a proud engineering house to speak about price.",
        ),
    },
    "Oneself": {
        "Time and energy": (
            "Win back two evenings and one morning for thinking.",
            "Leave half of my meetings without anybody missing me.",
        ),
        "Letting go of operations": (
            "Leave the daily business to those I hired for it.",
            "Stop answering questions that are not mine.",
        ),
        "Presence and voice": (
            "Say less in large rooms, and be heard.",
            "Speak to the press without hiding behind the script.",
        ),
        "Crisis": (
            "Keep my head and my people in the next crisis; the last one had only half of that.",
            "Find out who tells me the truth when it is urgent.",
        ),
        "The next chapter": (
            "Decide what comes after this position while I still enjoy it.",
            "Prepare for a portfolio life without fleeing into it.",
        ),
    },
}
