"""Money: whole minor units of an ISO 4217 currency inside, Decimal at the edges."""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import lru_cache

# Source: ISO 4217, active codes; the number of decimals is 2 where not said otherwise.
CODES = frozenset(
    """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN
    BZD CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL
    GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW
    KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN
    NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK
    SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UYW
    UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG""".split()
)
_EXPONENTS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}

# One line stays below this, so that a million of the largest still fit 64 bits.
LARGEST_LINE_MINOR = 10**12


def exponent(currency: str) -> int:
    """Return the number of decimals of an ISO 4217 currency."""
    return _EXPONENTS.get(currency, 2)


class AmountError(ValueError):
    """An amount that cannot be stored; `code` is not_a_number, too_fine or too_large."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@lru_cache(maxsize=65536)
def to_minor(amount: str | Decimal, currency: str) -> int:
    """Return a major-unit amount in whole minor units, exactly.

    Raises AmountError for what is no number, finer than the currency, or too large.
    """
    try:
        value = Decimal(amount)
    except InvalidOperation:
        raise AmountError("not_a_number") from None
    if not value.is_finite():
        raise AmountError("not_a_number")
    # Before scaling: the exponent of 1e999999 must not be multiplied out.
    if value and value.adjusted() > 15:
        raise AmountError("too_large")
    scaled = value.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise AmountError("too_fine")
    if abs(scaled) > LARGEST_LINE_MINOR:
        raise AmountError("too_large")
    return int(scaled)


def to_major(minor: int, currency: str) -> Decimal:
    """Return minor units as a Decimal with exactly the currency's decimals."""
    return Decimal(minor).scaleb(-exponent(currency))


def convert(minor: int, currency: str, rate: Decimal, reporting: str) -> int:
    """Return minor units of `reporting` for minor units of `currency`, half to even.

    rate  units of the reporting currency per unit of `currency`
    Raises AmountError("too_large") beyond what a ranking can sum safely.
    """
    if currency == reporting:
        return minor
    exact = Decimal(minor) * rate
    shifted = exact.scaleb(exponent(reporting) - exponent(currency))
    result = int(shifted.to_integral_value(rounding=ROUND_HALF_EVEN))
    if abs(result) > LARGEST_LINE_MINOR:
        raise AmountError("too_large")
    return result
