"""The sizes that the process is built from; nothing here is drawn or solved.

Regions, segments, categories and channels are ordered: an index into one of these tuples is
the code that the other modules use.
"""

from __future__ import annotations

REGIONS = ("North", "East", "West", "South")
REGION_SHARES = (0.36, 0.25, 0.24, 0.15)
REGION_MARGINS = (0.485, 0.457, 0.448, 0.434)
# Share of a region's customers who are there when a window of two years starts.
PRESENT_AT_START = (0.78, 0.72, 0.72, 0.45)
CITIES: tuple[tuple[str, ...], ...] = (
    ("Chicago", "Detroit", "Minneapolis", "Milwaukee", "Cleveland"),
    ("New York", "Boston", "Philadelphia", "Baltimore", "Pittsburgh"),
    ("Seattle", "San Francisco", "San Diego", "Portland", "Denver"),
    ("Houston", "Atlanta", "Miami", "Nashville", "New Orleans"),
)
CITY_SHARES = (0.34, 0.24, 0.18, 0.14, 0.10)

SEGMENTS = ("Premium", "Standard", "Basic")
SEGMENT_SHARES = (0.20, 0.50, 0.30)
ORDERS_A_YEAR = (16.4, 12.7, 9.0)
RATE_SHAPE = 2.2
# Of those who sign up within the window, this share orders on the same day.
FIRST_ORDER_RATE = 0.9
ORDER_VALUE = (826.0, 463.0, 308.0)
CUSTOMER_LOG_SD = 0.50
ORDER_LOG_SD = 0.35
HAZARD_A_YEAR = (0.05, 0.08, 0.14)
CLV12 = (5000.0, 2000.0, 800.0)
DISCOUNT_RATE = 0.10

# What the default shop comes to; other shops are scaled to the same revenue an order.
CUSTOMERS, TRANSACTIONS, MONTHS = 10_000, 184_939, 24
NET_REVENUE = 98_400_000.0
WEEKS = 731 / 7
MARGIN_RATE = 0.457

SATISFACTION_MEAN, SATISFACTION_SD = 3.7, 0.8
HAZARD_PER_SATISFACTION = -1.0
TICKETS_A_MONTH = 0.10
TICKETS_PER_SATISFACTION = -0.4
UNRESOLVED_RATE = 0.35
UNRESOLVED_DAYS = 91
# Log hazard added by no, one, and two or more unresolved tickets of the last three months.
UNRESOLVED_LOG_HAZARD = (0.0, 0.8, 2.0)
TOPICS = ("Delivery", "Product quality", "Returns", "Billing", "Account", "Customs Québec")
TOPIC_SHARES = (0.32, 0.24, 0.16, 0.14, 0.09, 0.05)
SEVERITIES = ("low", "medium", "high")
SEVERITY_SHARES = (0.50, 0.35, 0.15)
SURVEYS_AN_ORDER = 0.12
SURVEY_NOISE_SD = 0.6

CATEGORIES = ("Electronics", "Home", "Fashion", "Beauty", "Sports", "Toys")
CATEGORY_SHARES = (0.28, 0.22, 0.18, 0.14, 0.10, 0.08)
CATEGORY_MARGINS = (0.44, 0.54, 0.50, 0.52, 0.48, 0.55)
CATEGORY_CONCENTRATION = 8.0
SALES_CHANNELS = ("Online", "Store", "Marketplace")
SALES_CHANNEL_SHARES = (0.55, 0.30, 0.15)
SALES_CHANNEL_CONCENTRATION = 5.0
# North leans this much towards the largest category and the largest sales channel.
NORTH_LEANING = 1.10
PAYMENT_METHODS = ("Card", "PayPal", "Invoice", "Bank transfer")
PAYMENT_SHARES = (0.48, 0.27, 0.15, 0.10)
PAYMENT_LOYALTY = 0.80
PAYMENT_COST_RATES = (0.018, 0.024, 0.012, 0.004)
PAYMENT_FEE_CENTS = (10, 30, 0, 0)
SHIPPING_CENTS, SHIPPING_CENTS_A_LINE = 590, 110
STORE = SALES_CHANNELS.index("Store")

STATUSES = ("completed", "returned", "cancelled")
STATUS_SHARES = (0.955, 0.030, 0.015)
PROMOTION_SHARES = (0.70, 0.12, 0.10, 0.05, 0.03)
PROMOTION_RATES = (0.0, 0.05, 0.10, 0.15, 0.20)
LINE_SHARES = (0.45, 0.30, 0.17, 0.08)
QUANTITY_SHARES = (0.80, 0.15, 0.05)
# Prices, in dollars, at which a category's next dearer group of products begins.
PRICE_STEPS = (20.0, 40.0, 80.0, 140.0, 220.0, 350.0, 600.0)
PRODUCTS_A_STEP = 4

SEASON_AMPLITUDE = 0.32
SEASON_PEAK, SEASON_LOW = 3, 9  # March, September
SEASON_MARGIN = 0.03
WEEKDAYS = (1.04, 1.00, 1.00, 1.01, 1.04, 0.98, 0.93)  # Monday first
HOURS = (
    *(0.4, 0.2, 0.1, 0.1, 0.1, 0.3, 0.8, 1.6, 2.6, 3.6, 4.2, 4.4),
    *(4.6, 4.2, 3.8, 3.8, 4.0, 4.6, 5.4, 6.2, 6.4, 5.2, 3.2, 1.4),
)

MARKETING_CHANNELS = ("Search", "Direct", "Social", "Email", "Display", "Affiliate")
ACQUISITION_SHARES = (0.30, 0.16, 0.20, 0.10, 0.10, 0.14)
SPEND_A_WEEK = (18e3, 15e3, 15e3, 12e3, 15e3, 12e3)
HALF_SATURATION = (36e3, 30e3, 18.8e3, 3e3, 15e3, 12e3)
AVERAGE_ROI = (3.3, 3.0, 1.1, 3.5, 0.8, 1.2)
ADSTOCK = (0.2, 0.3, 0.5, 0.1, 0.6, 0.3)
SPEND_LEVELS = (0.1, 1.9)
WEEKS_A_LEVEL = 2
# A region follows the national plan in this share of its levels, else it has its own.
NATIONAL_PLAN = 0.6
IMPRESSION_COST = (0.020, 0.012, 0.008, 0.002, 0.004, 0.006)
CLICK_RATES = (0.040, 0.030, 0.011, 0.025, 0.003, 0.015)
ORGANIC_CREDIT = (0.12, 0.13, 0.06, 0.57, 0.06, 0.06)
MISASSIGNED = 0.2

# The planted causes, by the window's month counted from 0 (the default: October 2023).
DECLINE_MONTHS = (15, 18)
DECLINE_RATE = 0.30
OFFER_MONTH, OFFER_DAY = 18, 14
OFFER_DAYS = 120
OFFER_LIFT = 0.30
OFFER_SATISFACTION = 3.4
PLACEBO_MONTH, PLACEBO_DAY = 8, 6
PLACEBO_SHARE = 0.4
TENURE_DAYS = 90
