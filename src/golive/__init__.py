"""GoLive: is this clinical-AI pilot ready for production, and if not, what is in the way?"""

__version__ = "0.1.0"
