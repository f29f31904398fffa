"""Pages for people: French first, rendered here, whole without script.

A module per subject holds its routes and what its template shows; ``shell`` is the frame around them all,
``people`` says who looks and which form is really theirs, ``site`` puts them together.
"""
