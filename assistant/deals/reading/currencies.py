"""Words and signs of currencies, and of figures, as newspapers write them. Knows no rates."""

from __future__ import annotations

PREFIXES = {
    "us$": "USD", "u.s.$": "USD", "usd": "USD", "a$": "AUD", "au$": "AUD", "aud": "AUD", "c$": "CAD", "ca$": "CAD",
    "can$": "CAD", "cdn$": "CAD", "cad": "CAD", "nz$": "NZD", "nzd": "NZD", "hk$": "HKD", "hkd": "HKD", "s$": "SGD",
    "sg$": "SGD", "sgd": "SGD", "nt$": "TWD", "twd": "TWD", "r$": "BRL", "brl": "BRL", "mxn": "MXN", "$": "USD",
    "£": "GBP", "gbp": "GBP", "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "¥": "JPY", "jpy": "JPY",
    "cn¥": "CNY", "rmb": "CNY", "cny": "CNY", "₹": "INR", "rs": "INR", "rs.": "INR", "inr": "INR", "₩": "KRW",
    "krw": "KRW", "sfr": "CHF", "chf": "CHF", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "isk": "ISK", "zar": "ZAR",
    "rub": "RUB", "pln": "PLN", "czk": "CZK", "huf": "HUF", "try": "TRY", "sar": "SAR", "aed": "AED", "thb": "THB",
    "myr": "MYR", "idr": "IDR", "php": "PHP", "₽": "RUB", "₺": "TRY", "₪": "ILS",
}  # fmt: skip
WORDS = {
    "dollar": "USD", "euro": "EUR", "pound": "GBP", "pounds sterling": "GBP", "yuan": "CNY", "renminbi": "CNY",
    "yen": "JPY", "won": "KRW", "rupee": "INR", "kronor": "SEK", "krona": "SEK", "kroner": "DKK", "krone": "DKK",
    "franc": "CHF", "rouble": "RUB", "ruble": "RUB", "zloty": "PLN", "real": "BRL", "reais": "BRL", "rand": "ZAR",
    "baht": "THB", "ringgit": "MYR", "rupiah": "IDR", "peso": "MXN", "lira": "TRY", "shekel": "ILS", "dirham": "AED",
    "riyal": "SAR", "sterling": "GBP", "usd": "USD", "gbp": "GBP", "eur": "EUR", "cad": "CAD", "aud": "AUD",
    "nzd": "NZD", "isk": "ISK", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "chf": "CHF", "rmb": "CNY", "cny": "CNY",
    "inr": "INR", "jpy": "JPY", "krw": "KRW",
}  # fmt: skip
LANDS = {
    "us": "USD", "u.s.": "USD", "american": "USD", "canadian": "CAD", "australian": "AUD", "new zealand": "NZD",
    "hong kong": "HKD", "singapore": "SGD", "taiwan": "TWD", "swiss": "CHF", "norwegian": "NOK", "danish": "DKK",
    "swedish": "SEK", "icelandic": "ISK", "brazilian": "BRL", "indian": "INR", "sri lankan": "LKR", "british": "GBP",
    "mexican": "MXN", "chilean": "CLP", "philippine": "PHP", "south korean": "KRW", "japanese": "JPY",
}  # fmt: skip
SCALES = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "mn": 1e6, "mln": 1e6, "mio": 1e6,
    "billion": 1e9, "bn": 1e9, "bln": 1e9, "b": 1e9, "trillion": 1e12, "tn": 1e12, "trn": 1e12, "crore": 1e7,
    "lakh": 1e5,
}  # fmt: skip
SPELLED = {
    "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "half a": 0.5, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
}  # fmt: skip
