"""The portal's own pages: the directory, accounts, the language switch."""

from django.urls import path

from dealers.views import account, app, language, pin, site

urlpatterns = [
    path("", site.directory, name="directory"),
    path("k/<slug:dealer_slug>/manifest.webmanifest", app.manifest, name="manifest"),
    path("k/<slug:dealer_slug>/icon.svg", app.svg, name="icon_svg"),
    path("k/<slug:dealer_slug>/icon-<slug:picture>.png", app.png, name="icon_png"),
    path("bahasa/", language.switch, name="language"),
    path("akun/", account.overview, name="account"),
    path("akun/masuk/", account.sign_in, name="sign_in"),
    path("akun/keluar/", account.sign_out, name="sign_out"),
    path("akun/daftar/", account.sign_up, name="sign_up"),
    path("akun/daftar/terkirim/", account.sign_up_sent, name="sign_up_sent"),
    path("akun/daftar/lanjut/", account.sign_up_finish, name="sign_up_finish"),
    path("akun/daftar/<str:token>/", account.sign_up_link, name="sign_up_link"),
    path("akun/kata-sandi/", account.password_change, name="password_change"),
    path("akun/pin/", pin.pin, name="pin"),
    path("akun/lupa/", account.password_reset, name="password_reset"),
    path("akun/lupa/terkirim/", account.password_reset_sent, name="password_reset_sent"),
    path("akun/lupa/<str:uidb64>/<str:token>/", account.password_reset_confirm, name="password_reset_confirm"),
]
