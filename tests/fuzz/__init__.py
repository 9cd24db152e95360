"""Fuzzing: whatever bytes strangers send, the result is an article, an answer or an error made for them.

Here and not in `eval`: what is asked is not how good Dossier is but whether it keeps its word, and nothing of it is
installed with the package. `test_targets` tries each on sound and broken documents in every run of the suite;
`python -m tests.fuzz TARGET --seconds 60` searches on, guided by coverage (needs the extra `fuzz`).
"""
