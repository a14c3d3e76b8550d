"""Where the answer of one call names what another is about: links in the OpenAPI description.

Programs that explore the API by its description (and tests that walk it) need not guess that the `ref_id` of an order
is that of its address.
"""

from typing import Any

_ORDER = {"ref_id": "$response.body#/ref_id"}
_ENDPOINT = {"code": "$response.body#/code"}
_ABOUT_ENDPOINTS = ("webhook_change", "webhook_test", "webhook_resume", "webhook_replay_failed", "webhook_remove")
LINKS: dict[str, dict[str, dict[str, Any]]] = {
    "order_place": {
        "order_read": {"parameters": _ORDER},
        "order_list": {"parameters": _ORDER},
        "delivery_list": {"parameters": _ORDER},
    },
    "deposit_open": {name: {"parameters": _ENDPOINT} for name in ("deposit_read", "deposit_claim")},
    "webhook_add": {name: {"parameters": _ENDPOINT} for name in _ABOUT_ENDPOINTS},
    "webhook_list": {"webhook_test": {"parameters": {"code": "$response.body#/results/0/code"}}},
    "webhook_test": {"delivery_replay": {"parameters": {"id": "$response.body#/id"}}},
    "delivery_list": {
        "delivery_replay": {"parameters": {"id": "$response.body#/results/0/id"}},
        "delivery_list": {"parameters": {"cursor": "$response.body#/next"}},
    },
    "product_list": {"product_list": {"parameters": {"cursor": "$response.body#/next"}}},
    "product_changes": {"product_changes": {"parameters": {"since": "$response.body#/version"}}},
}
"""By the operation that answers: the operation that is about it, and where its parameters stand in the answer."""


def add(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """drf-spectacular's postprocessing hook: put the links of an operation beside its successful answers."""
    for path in result["paths"].values():
        for operation in path.values():
            links = LINKS.get(operation["operationId"], {})
            for status, answer in operation["responses"].items():
                if links and status.startswith("2"):
                    answer["links"] = {name: {"operationId": name, **link} for name, link in links.items()}
    return result
