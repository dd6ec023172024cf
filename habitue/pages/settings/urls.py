"""The addresses of the settings."""

from django.urls import path

from habitue.pages.settings import (
    account,
    deliveries,
    keeping,
    keys,
    overview,
    shop,
    staff,
    webhooks,
)

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
    path("settings/webhooks", webhooks.webhooks, name="settings-webhooks"),
    path("settings/webhooks/<int:key>", deliveries.webhook, name="settings-webhook"),
    path("settings/webhooks/<int:key>/change", webhooks.change, name="settings-webhook-change"),
    path("settings/webhooks/<int:key>/test", webhooks.test, name="settings-webhook-test"),
    path("settings/webhooks/<int:key>/rotate", webhooks.rotate, name="settings-webhook-rotate"),
    path("settings/webhooks/<int:key>/pause", webhooks.pause, name="settings-webhook-pause"),
    path("settings/webhooks/<int:key>/resume", webhooks.resume, name="settings-webhook-resume"),
    path("settings/webhooks/<int:key>/delete", webhooks.delete, name="settings-webhook-delete"),
    path(
        "settings/webhooks/<int:key>/since", deliveries.replay_since, name="settings-webhook-since"
    ),
    path(
        "settings/webhooks/<int:key>/<int:number>",
        deliveries.message,
        name="settings-webhook-message",
    ),
    path(
        "settings/webhooks/<int:key>/<int:number>/replay",
        deliveries.replay,
        name="settings-webhook-replay",
    ),
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
