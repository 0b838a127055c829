"""One paper in, its mentions and relations out: a spaCy pipeline of small components.

Nothing here knows a second paper; what only a corpus can tell is for ``link``.
"""
