"""The nouns: frozen, pure values without input or output. Nothing here imports another part of GoLive."""
