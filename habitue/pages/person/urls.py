"""The addresses of one customer's pages, the recycle bin, duplicates and the journal."""

from django.urls import path

from habitue.pages.person import details, duplicates, hand, journal, leaving, page

urlpatterns = [
    path("customers/duplicates", duplicates.duplicates, name="duplicates"),
    path("customers/bin", leaving.contents, name="bin"),
    path("customers/<int:key>", page.customer, name="customer"),
    path("customers/<int:key>/stamp", page.stamp, name="customer-stamp"),
    path("customers/<int:key>/correct", hand.correct, name="customer-correct"),
    path("customers/<int:key>/gift", hand.gift, name="customer-gift"),
    path("customers/<int:key>/undo/<int:event>", hand.undo, name="customer-undo"),
    path("customers/<int:key>/edit", details.edit, name="customer-edit"),
    path("customers/<int:key>/card", details.new_card, name="customer-card"),
    path("customers/<int:key>/download", leaving.download, name="customer-download"),
    path("customers/<int:key>/bin", leaving.put, name="customer-bin"),
    path("customers/<int:key>/restore", leaving.restore, name="customer-restore"),
    path("customers/<int:key>/erase", leaving.erase, name="customer-erase"),
    path("customers/<int:key>/distinct/<int:other>", duplicates.distinct, name="customer-distinct"),
    path("journal", journal.journal, name="journal"),
    path("journal.csv", journal.export, name="journal-export"),
]
