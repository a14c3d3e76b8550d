"""The language switch: a choice kept in a cookie, and back to where it was made."""

from django.views.decorators.http import require_POST
from django.views.i18n import set_language

switch = require_POST(set_language)
"""POST `language` (id or en) and `next`; follows `next` within this portal only."""
