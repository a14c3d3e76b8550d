"""The portal's front door: every dealer, to be found by name or place."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dealers import selectors
from dealers.forms import SearchForm


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """`/`: dealers by name, 24 to a page; `q` narrows by name or regency."""
    form = SearchForm(request.GET or None)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    page = Paginator(selectors.directory(words), selectors.DIRECTORY_PAGE).get_page(request.GET.get("page"))
    return render(request, "dealers/directory.html", {"form": form, "words": words, "page": page})
