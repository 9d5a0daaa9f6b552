"""The sentences of findings, a module per family: the facts that a check returns, and what is said of them.

A class of facts names what its sentences need and nothing else; ``words`` writes the reviewer's sentences and the plain one.
"""
