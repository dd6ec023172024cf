"""The addresses of the import."""

from django.urls import path

from habitue.pages.imports import begin, columns, preview, result, samples

urlpatterns = [
    path("import", begin.begin, name="import"),
    path("import/sample/<slug:what>.csv", samples.sample, name="import-sample"),
    path("import/<int:key>", result.result, name="import-result"),
    path("import/<int:key>/columns", columns.columns, name="import-columns"),
    path("import/<int:key>/preview", preview.preview, name="import-preview"),
    path("import/<int:key>/mend", preview.mend, name="import-mend"),
    path("import/<int:key>/start", preview.start, name="import-start"),
    path("import/<int:key>/undo", result.undo, name="import-undo"),
    path("import/<int:key>/again", result.again, name="import-again"),
    path("import/<int:key>/discard", result.discard, name="import-discard"),
    path("import/<int:key>/rejected.csv", result.rejected, name="import-rejected"),
    path("import/<int:key>/balances.csv", result.balances, name="import-balances"),
]
