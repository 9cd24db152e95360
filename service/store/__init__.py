"""What the service keeps in SQL: answers and feedback, keys, jobs, receipts of requests."""
