"""The evaluation's own prompts. They stand apart, so that `prompts_hash` speaks of the answers' prompts alone."""
