"""Mail without a mail server: each message becomes a file in HABITUE_HOME/outbox."""

import logging
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends import filebased

log = logging.getLogger(__name__)


class Backend(filebased.EmailBackend):
    """Django's file backend, which also says in the log where a message went (never to whom)."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        sent = int(super().send_messages(email_messages) or 0)
        log.info("No mail server is set (EMAIL_URL): the mail is in %s", self.file_path)
        return sent
