"""Names that are common where each language is spoken."""

from __future__ import annotations

_GIVEN = {
    "en": """
        Alice Amelia Arthur Benjamin Charlotte Clara Daniel Edward Eleanor Emily Frances George Grace Hannah
        Harriet Henry Isaac Jack James Julia Lucy Margaret Martha Nathan Nora Oliver Oscar Rose Ruth Samuel
        Sarah Simon Sophie Thomas Violet Walter William
    """,
    "fi": """
        Aada Aino Aleksi Anneli Antti Eero Eeva Eino Elina Helmi Ilmari Inka Iiro Jaakko Juhani Kaisa Kalle
        Katri Lauri Leena Lumi Maija Matti Mikko Minna Niilo Oona Otso Päivi Pekka Riikka Saana Sampo Seppo
        Taina Toivo Tuuli Veikko Väinö
    """,
    "sv": """
        Agnes Albin Alva Anders Astrid Axel Birgitta Björn Carl Ebba Elsa Erik Freja Gunnar Gösta Hedvig Hjalmar
        Ingrid Jonas Karin Klara Lars Linnéa Maja Malin Nils Olof Saga Signe Sixten Stina Sven Tilda Tove Ulla
        Vera Viktor Åke Åsa
    """,
    "pl": """
        Agata Agnieszka Aleksander Alicja Andrzej Barbara Bartosz Dorota Elżbieta Ewa Filip Grzegorz Halina
        Hanna Irena Jacek Jakub Jan Joanna Kacper Katarzyna Krzysztof Łukasz Magdalena Małgorzata Marek Michał
        Natalia Paweł Piotr Stanisław Tomasz Wanda Wojciech Zofia Żaneta
    """,
}
GIVEN = {language: names.split() for language, names in _GIVEN.items()}
"""First names by language."""

_FAMILY = {
    "en": """
        Abbott Atkins Barker Bennett Bishop Carter Chandler Cooper Dawson Ellis Fisher Fletcher Foster Gardner
        Hale Harper Hayes Holland Hughes Lambert Mason Mercer Miller Nash Norton Palmer Parker Porter Reed
        Sawyer Shepherd Sutton Thatcher Turner Wainwright Walsh Webster Whitaker
    """,
    "fi": """
        Aalto Ahonen Hakala Halonen Heikkinen Hirvonen Jokela Järvinen Kallio Karjalainen Kettunen Kivelä
        Korhonen Koskinen Kuusisto Laakso Laine Lehtonen Leppänen Mäkelä Manninen Miettinen Nieminen Niskanen
        Ojala Peltonen Rantanen Räsänen Saarinen Salonen Savolainen Toivonen Tuominen Virtanen Väisänen Ylönen
    """,
    "sv": """
        Ahlgren Almqvist Bergström Björklund Blomqvist Dahlberg Ek Ekström Engström Forsberg Gustafsson Hallberg
        Hedlund Holmgren Högberg Jansson Kjellberg Lindberg Lindqvist Lundgren Löfgren Nordström Nyberg Palm
        Rosén Sandberg Sjöberg Stenström Söderlund Wallin Westerlund Wikström Åberg Åkesson Öberg Östlund
    """,
    "pl": """
        Adamczyk Bąk Borkowski Czajka Dudek Gajda Górski Grabowski Jabłoński Jaworska Kaczmarek Kalinowska
        Kamińska Kowalczyk Kozłowska Kubiak Lis Łapiński Majewska Malinowski Mazur Nowak Olszewska Ostrowski
        Pawlak Piotrowska Sikora Sobczak Stępień Szymańska Walczak Wieczorek Wilk Wróbel Zając Zielińska
    """,
}
FAMILY = {language: names.split() for language, names in _FAMILY.items()}
"""Family names by language."""
