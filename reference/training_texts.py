"""Forty support messages in four classes, written for Hone, of 1 to about 60 words; and the fixed batches."""

LABELS = ("billing", "delivery", "account", "praise")
BATCH = 8

_BILLING = (
    "I was charged twice.",
    "Why is there a fee of 4.99 on my statement?",
    "Refund, please!",
    "The invoice for March shows the old price although the new contract started in February, and the discount "
    "that your colleague promised on the phone is missing as well, so please correct the amount and send me a "
    "new invoice before the end of the month.",
    "Do you accept payment by bank transfer?",
    "My card was declined but the money left my account",
    "tax",
    "The total does not match the items: 3 x 12.50 is 37.50, not 39.90.",
    "How can I get a receipt for my company?",
    "You keep taking money after I cancelled.",
)
_DELIVERY = (
    "Where is my parcel?",
    "The courier left the box in the rain and everything inside is wet.",
    "late again",
    "Tracking has said 'out for delivery' for five days now, nobody answers the hotline, and the neighbour who "
    "was supposed to have taken the parcel knows nothing about it; I need it on Friday at the latest because it "
    "is a birthday present.",
    "Can you ship to Norway?",
    "Half of the order is missing.",
    "I would like to change the delivery address to my office.",
    "Is express shipping available on weekends?",
    "broken on arrival",
    "The driver was at the wrong house.",
)
_ACCOUNT = (
    "I forgot my password.",
    "The reset link does not work",
    "How do I change the e-mail address of my account?",
    "login",
    "Someone signed in from another country, I did not do that, please lock the account at once and tell me "
    "which of my data they could see; I have already changed the password of my mailbox and of two other "
    "services where I used the same one.",
    "Please delete my profile and all data.",
    "The app says my user name is already taken.",
    "Two-factor codes never arrive on my phone.",
    "Can I merge two accounts?",
    "My name is spelled wrong in the settings.",
)
_PRAISE = (
    "Great service, thank you!",
    "love it",
    "The woman on the phone was patient, friendly and solved it in two minutes.",
    "Best purchase this year.",
    "wow",
    "I have been a customer for nine years and never had a reason to complain: the products last, the staff know "
    "what they are talking about, and when something does go wrong it is put right without a discussion, which "
    "is rare enough to be worth a few kind words.",
    "Five stars from our whole family!",
    "Works exactly as described, I am impressed.",
    "Thanks for the quick answer on a Sunday.",
    "You made my day.",
)

# (text, class) in rounds of the four classes, so that eight rows in order are balanced.
ROWS = tuple(
    (text, label)
    for texts in zip(_BILLING, _DELIVERY, _ACCOUNT, _PRAISE, strict=True)
    for label, text in enumerate(texts)
)


def batches(count: int) -> list[list[int]]:
    """`count` batches of row numbers: row of place p in batch s is (7 * (8 s + p) + s) mod 40."""
    return [[(7 * (BATCH * s + p) + s) % len(ROWS) for p in range(BATCH)] for s in range(count)]
