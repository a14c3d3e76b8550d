"""Addresses of the desk: the staff side of a dealer's site."""

from django.urls import path

from transactions.views.desk import (
    counter,
    home,
    money,
    order_actions,
    orders,
    products,
    refunds,
    rules,
    suppliers,
    waiting,
)

app_name = "desk"
urlpatterns = [
    path("", home.index, name="home"),
    path("menu/", home.menu, name="menu"),
    path("switch/", home.switch, name="switch"),
    path("jual/", counter.sell, name="sell"),
    path("tunai/", counter.cash, name="cash"),
    path("pesanan/", orders.index, name="orders"),
    path("pesanan.csv", orders.download, name="orders_csv"),
    path("pesanan/<str:code>/", orders.detail, name="order"),
    path("pesanan/<str:code>/live/", orders.live, name="order_live"),
    path("pesanan/<str:code>/tunai/", order_actions.take_cash, name="order_cash"),
    path("pesanan/<str:code>/batal/", order_actions.cancel, name="order_cancel"),
    path("pesanan/<str:code>/putuskan/", order_actions.decide, name="order_decide"),
    path("pesanan/<str:code>/setujui/", order_actions.approve, name="order_approve"),
    path("pengembalian/<int:pk>/", refunds.pay, name="refund"),
    path("tugas/", waiting.tasks, name="tasks"),
    path("tugas/<int:pk>/selesai/", waiting.close_task, name="task_close"),
    path("insiden/", waiting.incident_list, name="incidents"),
    path("insiden/<int:pk>/", waiting.incident, name="incident"),
    path("uang/", money.index, name="money"),
    path("uang/<int:pk>/", money.account, name="account"),
    path("uang/<int:pk>.csv", money.account_csv, name="account_csv"),
    path("saldo/", money.wallets, name="wallets"),
    path("saldo/setor/", money.deposit, name="deposit"),
    path("produk/", products.index, name="products"),
    path("produk/<str:sku>/", products.detail, name="product"),
    path("produk/<str:sku>/harga/<str:tier>/", products.price, name="price"),
    path("jalur/<int:pk>/", products.route, name="route"),
    path("aturan/", rules.index, name="rules"),
    path("aturan/baru/", rules.add, name="rule_add"),
    path("aturan/<int:pk>/", rules.edit, name="rule"),
    path("aturan/<int:pk>/hapus/", rules.delete, name="rule_delete"),
    path("pemasok/", suppliers.index, name="suppliers"),
    path("pemasok/<slug:code>/", suppliers.switch, name="supplier"),
]
