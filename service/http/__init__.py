"""The HTTP door. It holds no logic of its own: it drives an Answerer and a Library."""
