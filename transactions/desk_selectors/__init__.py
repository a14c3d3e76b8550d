"""What the desk shows: questions to the dealer's tables, one module per page; nothing here writes."""
