"""What partners' machines speak: one package per dialect, each a translation to `transactions/partner_sales.py`."""
