"""Names in four languages of the closed words that a clinic's file may use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from schemas.clinic_fields import Text
from schemas.clinic_parts import PaymentMethod

_PAYMENT_ROWS: Final = (
    # method, en, fr, nl, de
    (PaymentMethod.CASH, "cash", "espèces", "contant geld", "Bargeld"),
    (PaymentMethod.DEBIT_CARD, "debit card", "carte de débit", "pinpas", "Debitkarte"),
    (PaymentMethod.CREDIT_CARD, "credit card", "carte de crédit", "creditcard", "Kreditkarte"),
    (PaymentMethod.BANK_TRANSFER, "bank transfer", "virement bancaire", "overschrijving", "Überweisung"),
    (
        PaymentMethod.INSTALMENTS,
        "payment in instalments",
        "paiement échelonné",
        "betaling in termijnen",
        "Ratenzahlung",
    ),
    (PaymentMethod.INSURANCE, "health insurance", "mutuelle", "zorgverzekering", "Krankenversicherung"),
    (PaymentMethod.CHEQUE, "cheque", "chèque", "cheque", "Scheck"),
    (PaymentMethod.GIFT_VOUCHER, "gift voucher", "bon cadeau", "cadeaubon", "Gutschein"),
    (PaymentMethod.CRYPTO, "cryptocurrency", "cryptomonnaie", "cryptovaluta", "Kryptowährung"),
)
_PAYMENT_BRANDS: Final = {
    PaymentMethod.VISA: "Visa",
    PaymentMethod.MASTERCARD: "Mastercard",
    PaymentMethod.AMERICAN_EXPRESS: "American Express",
    PaymentMethod.BANCONTACT: "Bancontact",
    PaymentMethod.IDEAL: "iDEAL",
    PaymentMethod.PAYCONIQ: "Payconiq",
    PaymentMethod.GIROCARD: "girocard",
    PaymentMethod.PAYPAL: "PayPal",
    PaymentMethod.APPLE_PAY: "Apple Pay",
    PaymentMethod.GOOGLE_PAY: "Google Pay",
    PaymentMethod.KLARNA: "Klarna",
}

PAYMENT_NAMES: Final[Mapping[PaymentMethod, Text]] = {
    **{method: Text(en=en, fr=fr, nl=nl, de=de) for method, en, fr, nl, de in _PAYMENT_ROWS},
    **{method: Text(plain=name) for method, name in _PAYMENT_BRANDS.items()},
}
"""Every way to pay, as it stands in the middle of a sentence."""

_LANGUAGE_ROWS: Final = (
    # ISO 639-1, en, fr, nl, de
    ("ar", "Arabic", "arabe", "Arabisch", "Arabisch"),
    ("bg", "Bulgarian", "bulgare", "Bulgaars", "Bulgarisch"),
    ("cs", "Czech", "tchèque", "Tsjechisch", "Tschechisch"),
    ("da", "Danish", "danois", "Deens", "Dänisch"),
    ("de", "German", "allemand", "Duits", "Deutsch"),
    ("el", "Greek", "grec", "Grieks", "Griechisch"),
    ("en", "English", "anglais", "Engels", "Englisch"),
    ("es", "Spanish", "espagnol", "Spaans", "Spanisch"),
    ("fa", "Persian", "persan", "Perzisch", "Persisch"),
    ("fi", "Finnish", "finnois", "Fins", "Finnisch"),
    ("fr", "French", "français", "Frans", "Französisch"),
    ("fy", "Frisian", "frison", "Fries", "Friesisch"),
    ("he", "Hebrew", "hébreu", "Hebreeuws", "Hebräisch"),
    ("hi", "Hindi", "hindi", "Hindi", "Hindi"),
    ("hr", "Croatian", "croate", "Kroatisch", "Kroatisch"),
    ("hu", "Hungarian", "hongrois", "Hongaars", "Ungarisch"),
    ("id", "Indonesian", "indonésien", "Indonesisch", "Indonesisch"),
    ("it", "Italian", "italien", "Italiaans", "Italienisch"),
    ("ja", "Japanese", "japonais", "Japans", "Japanisch"),
    ("ko", "Korean", "coréen", "Koreaans", "Koreanisch"),
    ("lb", "Luxembourgish", "luxembourgeois", "Luxemburgs", "Luxemburgisch"),
    ("nl", "Dutch", "néerlandais", "Nederlands", "Niederländisch"),
    ("no", "Norwegian", "norvégien", "Noors", "Norwegisch"),
    ("pl", "Polish", "polonais", "Pools", "Polnisch"),
    ("pt", "Portuguese", "portugais", "Portugees", "Portugiesisch"),
    ("ro", "Romanian", "roumain", "Roemeens", "Rumänisch"),
    ("ru", "Russian", "russe", "Russisch", "Russisch"),
    ("sq", "Albanian", "albanais", "Albanees", "Albanisch"),
    ("sr", "Serbian", "serbe", "Servisch", "Serbisch"),
    ("sv", "Swedish", "suédois", "Zweeds", "Schwedisch"),
    ("tr", "Turkish", "turc", "Turks", "Türkisch"),
    ("uk", "Ukrainian", "ukrainien", "Oekraïens", "Ukrainisch"),
    ("ur", "Urdu", "ourdou", "Urdu", "Urdu"),
    ("vi", "Vietnamese", "vietnamien", "Vietnamees", "Vietnamesisch"),
    ("zh", "Chinese", "chinois", "Chinees", "Chinesisch"),
)

LANGUAGE_NAMES: Final[Mapping[str, Text]] = {
    code: Text(en=en, fr=fr, nl=nl, de=de) for code, en, fr, nl, de in _LANGUAGE_ROWS
}
"""The languages that a practitioner may be said to speak."""
