"""How a follow-up question is read: verb forms, names, the clause of a question, and what points back."""
