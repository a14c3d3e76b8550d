"""What granian serves. A worker whose parent dies ends with it, so nobody serves an abandoned port."""

import os

from django.core.wsgi import get_wsgi_application

from portal.lib import memory, parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
parent.die_with_parent()
application = get_wsgi_application()
memory.settle()
