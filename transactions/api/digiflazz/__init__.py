"""A server that speaks the Digiflazz buyer API, under `/h2h/digiflazz/v1/`: for clients that exist already."""
