"""Our books held against a supplier's or a partner's statement of one day.

`spelling` says when two spellings are the same, `matching` compares two lists and knows nothing of a database,
`files` reads an upload, `sides` reads our own side. `days` opens the rows of the past days, `runs` works on one,
`writing` puts down what was found, `resolving` takes a person's word and books it. A statement alone never decides an
order: what it says about one that is still open is a reason to ask the supplier again, by the ordinary way.
"""
