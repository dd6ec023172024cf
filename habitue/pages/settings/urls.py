"""The addresses of the settings."""

from django.urls import path

from habitue.pages.settings import account, keeping, keys, overview, shop, staff

urlpatterns = [
    path("settings", overview.overview, name="settings"),
    path("settings/shop", shop.shop, name="settings-shop"),
    path("settings/staff", staff.staff, name="settings-staff"),
    path("settings/staff/invite", staff.invite, name="settings-invite"),
    path("settings/staff/<int:key>/pin", staff.new_pin, name="new-pin"),
    path("settings/staff/<int:key>/dismiss", staff.dismiss, name="settings-dismiss"),
    path("settings/phones/<int:key>/revoke", staff.revoke, name="settings-phone"),
    path("settings/keys", keys.keys, name="settings-keys"),
    path("settings/keys/<int:key>/renew", keys.renew, name="settings-key-renew"),
    path("settings/keys/<int:key>/revoke", keys.revoke, name="settings-key-revoke"),
    path("settings/account", account.account, name="settings-account"),
    path("settings/account/sessions/<int:key>", account.sign_out, name="settings-session-end"),
    path("settings/account/passkeys/offer", account.offer, name="settings-passkey-offer"),
    path("settings/account/passkeys/add", account.add, name="settings-passkey-add"),
    path(
        "settings/account/passkeys/<int:key>/remove",
        account.remove,
        name="settings-passkey-remove",
    ),
    path("settings/backups", keeping.backups, name="settings-backups"),
    path("settings/backups/<str:name>", keeping.take, name="settings-backup"),
]
