"""The vocabulary of generated vaults: invented people, real towns. Tuples, so that a seed always draws the same."""

FIRST_NAMES = tuple(
    """
    Ada Adèle Agnieszka Aidan Alma Amélie Ana Anaïs André Anneliese António Aoife Arjun Åsa Astrid Aylin Beatriz
    Benoît Björn Bob Bruno Camille Carlos Cécile Chidi Chloé Ciarán Claire Conceição Daniel Daphne David Desmond
    Dörte Edith Elena Élise Emre Erik Eszter Eva Fatima Félix Fiona Florian François Frida Gaël Gaspar Grace Gülay
    Hanna Hélène Henrique Hugo Ibrahim Ilse Inês Ingrid Irène Isabel Ivo Jana João Jonas José Julia Jürgen Kasia
    Katharina Kwame Lars László Leonor Liam Lotte Lucía Łukasz Magnus Mairéad Małgorzata Marek Margarida María
    Marta Mateus Maya Mehmet Mikkel Mónica Nadia Nils Noor Núria Olga Olivia Omar Oskar Otto Paulo Pénélope Petra
    Pia Priya Quentin Rafael Rasmus René Rosa Rui Ruth Samira Sebastião Selma Siân Sofia Søren Stefan Şule Tamás
    Teresa Théo Tomasz Tova Ulrike Umberto Valentina Vera Víctor Wanda Wilhelmina Xavier Yasmin Yuki Zoé Zuzana
    """.split()
)
LAST_NAMES = tuple(
    """
    Aalto Abreu Achterberg Adeyemi Almeida Amaral Andersson Antunes Åberg Bahr Baptista Barros Beaumont Bécquer
    Bell Berger Beyer Björklund Boateng Borges Brandão Brandt Bright Brüggemann Cabral Calder Câmara Cardoso
    Castellan Černý Chevalier Clarke Conceição Costa Crisp Dąbrowski Dahl Davies Delacroix Dias Doğan Dubarry
    Dupré Duarte Eriksen Esteves Évora Falcão Feld Fernández Ferreira Fischer Fontaine Fournier Frost Gallagher
    García Gonçalves Grünwald Guérin Haas Håkansson Halász Harper Hartmann Heß Hoffmann Horvát Hughes Iglesias Ito
    Jansen Jiménez Johansson Jørgensen Kallio Kamiński Keller Khan King Kovačević Kowalczyk Krüger Lacerda Lambert
    Larsen Lefèvre Lemaître Lindqvist Lopes Lund Lüders Magalhães Marchand Marques Martínez Mbeki Mendes Meyer
    Møller Moreau Moreira Müller Nagy Navarro Neves Nguyen Nóbrega Novák Nunes Núñez Oakley Okafor Ólafsson
    Oliveira Olsen Ortega Østergaard Özdemir Pacheco Paredes Pell Pereira Petrov Pinheiro Poirier Prévost Quill
    Quintão Raman Ramires Reyes Ribeiro Richter Rivière Rodríguez Roth Rousseau Sal Salomé Sánchez Santos Saraiva
    Schäfer Schröder Šimek Silva Simões Smith Solheim Sørensen Sousa Stein Strömberg Svensson Székely Tack Tavares
    Teixeira Teles Thorn Tóth Ulbricht Valente Vaz Vermeulen Vidal Yiğit Vogel Wagner Walsh Weber Węgrzyn Whitlock
    Wójcik Wrona Yılmaz Young Žák Zanetti Zimmermann
    """.split()
)
TOWNS = tuple(
    """
    Lisbon Porto Braga Coimbra Faro Madrid Seville Bilbao Lyon Nantes Lille Antwerp Ghent Utrecht Rotterdam
    Hamburg Bremen Leipzig München Köln Zürich Basel Wien Graz Kraków Gdańsk Wrocław Brno Budapest Malmö Göteborg
    Århus Oslo Bergen Tampere Tallinn Dublin Galway Cardiff Leeds Bristol Edinburgh İzmir Torino Trieste
    """.split()
)
FIRMS = (
    "Mutual", "& Filha", "Partners", "Advisers", "Works", "Foundry", "Marine", "Press", "Law", "Architects",
    "Bakery",
)  # fmt: skip
ROLES = (
    "actuary", "notary", "tax adviser", "marine surveyor", "ferry captain", "baker", "judge", "venture lawyer",
    "teacher", "hospital pharmacist", "auditor", "piano maker", "lawyer", "museum director", "solicitor",
    "architect", "head of sales", "product manager", "bookseller", "estate agent", "founder", "surgeon",
    "translator", "winemaker", "insurance broker",
)  # fmt: skip
HOBBIES = (
    "sailing", "sourdough", "chess", "beekeeping", "choir", "climbing", "pumpkins", "football", "fado", "cycling",
    "opera", "birdwatching", "pottery", "skiing", "crosswords", "tango", "gardening", "old maps", "running",
    "photography",
)  # fmt: skip
TAGS = (
    "client", "prospect", "supplier", "friend", "family", "alumni", "press", "neighbour", "board", "conference",
    "club",
)  # fmt: skip
GROUPS = ("client", "introducer", "supplier", "board", "sailing", "school")
KINDS = tuple(
    """
    call call call coffee coffee email email email email message message text text lunch lunch meeting meeting
    meeting video video dinner drinks visit event event gave got asked offered introduced note letter
    """.split()
)
# The first are drawn often, the last seldom.
TOPICS = tuple(
    """
    pension budget mortgage insurance school holiday garden harbour contract hiring marathon translation choir
    wedding museum podcast warehouse inheritance bicycle orchard scholarship startup notary regatta vineyard
    dentist renovation quartet allotment bakery archive passport sculpture thesis windmill ferry telescope
    greenhouse violin apprenticeship lottery beehive carpenter glacier monastery typewriter aquarium caravan
    orchestra
    """.split()
)
# What searches look for: in about four of a hundred contacts.
RARE_WORD = "lighthouse"
SENTENCES = (
    "Talked about the {0} and what comes after it; wants a second opinion before spring.",
    "Told me about the {0}. Sounded tired, but pleased with how it went.",
    "Asked how the {0} is going. Better than feared, worse than hoped.",
    "Caught up after the summer; the {0} takes most evenings now.",
    "Annual review. Nothing urgent, the {0} can wait until next year.",
    "Short one between two trains: {0}, the children, the weather in {1}.",
    "Sent the article on the {0}, with a line about {1}.",
    "Met near the river in {1}, through old friends, and ended up discussing the {0}.",
    "Offered help with the {0}; will think it over and ring back.",
    "Thinking of moving to {1}, if the {0} works out.",
    "Thanked us for the introduction. The {0} is settled.",
    "Wants to be kept out of the {0}, and said so twice.",
    "New job in January, in {1}. Nobody is supposed to know yet.",
    "Congratulated on the prize; the speech was about the {0}.",
    "Postponed to next month, because of the {0}.",
    "Long talk. Knows everybody in {1} who has ever touched a {0}.",
    "Reminded me of the promise about the {0}.",
    "Happy birthday wishes, and a picture from {1}.",
)
DETAILS = (
    "Prefers mornings, never before ten.",
    "The daughter starts university in {1}.",
    "Would pay for a good {0}, not for a cheap one.",
    "Reads everything about the {0}.",
    "Allergic to nuts; remember for the dinner.",
)
PROMISES = (
    "Send the comparison about the {0}",
    "Introduce to somebody in {1}",
    "Find the book on the {0}",
    "Ask again about the {0}",
    "Return the umbrella",
)
NOTES = (
    "We met in {1}, at a table where everybody else was talking about the {0}.",
    "Speaks fast, answers slowly, and means what is said.",
    "Knows the history of the {0} better than anyone in {1}.",
    "Likes to be asked for advice and dislikes to be thanked for it.",
    "Do not mention the {0} unless asked.",
    "A good listener; the rest of the family is in {1}.",
)
