"""Every state of the pages for buyers, each reached by real means; `tests/browser/test_states.py` judges them."""
