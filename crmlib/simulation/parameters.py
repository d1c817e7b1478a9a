"""The truth: the calendar, the places, and the numbers that a student may estimate.

``truth.toml`` beside the tables is a copy of :data:`TRUTH`. Times are in weeks
unless said otherwise, money is in yuan. A *logit* is log(p / (1 - p)); a *score* is a
standard normal variable.
"""

import numpy as np

FIRST_DAY = np.datetime64("2023-01-01")  # a Sunday
LAST_DAY = np.datetime64("2024-12-31")
END = np.datetime64("2025-01-01T00:00:00")  # the first moment that is no longer watched
DAYS = int((LAST_DAY - FIRST_DAY).astype(int)) + 1  # 731

SIZES = {"small": 3_000, "medium": 100_000, "large": 10_000_000}  # customers
BUSINESS_SHARE = 1 / 8  # of all customers

CITIES = [f"{stem}州" for stem in "甲乙丙丁戊己庚辛壬癸"]  # invented: "city A" to "city J"
CITY_TIERS = np.array([1, 1, 2, 2, 2, 2, 3, 3, 3, 3])
REGIONS = ["north", "east", "south", "west", "central"]  # of city 0, 1, ... in turn
STORES_PER_CITY = 12
DISTRICTS = ["东区", "西区", "南区", "北区", "新区"]

CATEGORIES = [
    "tea",
    "snacks",
    "skincare",
    "makeup",
    "household",
    "kitchen",
    "stationery",
    "outdoor",
]
COMPLEMENT = [1, 0, 3, 2, 5, 4, 7, 6]  # tea with snacks, skincare with makeup, and so on
SEGMENTS = ["trend", "family", "bargain", "quality"]
CATEGORY_MIX = {  # share of a segment's basket lines that each category gets
    "trend": [0.06, 0.12, 0.24, 0.30, 0.04, 0.04, 0.12, 0.08],
    "family": [0.08, 0.20, 0.06, 0.03, 0.28, 0.23, 0.09, 0.03],
    "bargain": [0.05, 0.34, 0.08, 0.06, 0.24, 0.08, 0.12, 0.03],
    "quality": [0.30, 0.07, 0.16, 0.04, 0.07, 0.14, 0.04, 0.18],
}
HOBBIES = ["music", "cooking", "games", "reading", "sport", "travel"]
INDUSTRIES = [
    "highway building",
    "transport engineering",
    "retail",
    "catering",
    "education",
    "medical",
    "software",
    "finance",
]
STAFF = {"shop": 100, "sales": 20, "service": 40}  # in this order
FIRST_AGENT = 120
BRANDS = ["ours", "brand A", "brand B", "brand C", "brand D", "ideal"]
SOURCES = ["organic", "advert", "word of mouth", "social media"]

TRUTH = {
    # How often consumers buy, and when they leave: BG/NBD (Fader, Hardie and Lee 2005).
    "purchases": {"r": 0.9, "alpha": 9.0, "a": 0.8, "b": 3.2},
    # What they spend on an order: Gamma-Gamma.
    "spend": {"p": 2.0, "q": 4.0, "gamma": 180.0},
    # Rates on Monday ... Sunday relative to the mean; their sum is 7.
    "weekdays": {"weights": [0.85, 0.85, 0.85, 0.85, 0.95, 1.35, 1.30]},
    "customers": {
        "never_ordered": 0.06,  # registered, and no order ever; nobody's fault
        "price_sensitivity_on_value": -0.4,  # correlations of scores
        "price_sensitivity_on_loyalty": -0.3,
        "engagement_on_need": 0.5,
        "engagement_on_loyalty": 0.3,
        "female": 0.58,
        "income_refused_on_value": 0.9,  # slope of the logit that income is kept back
    },
    "acquisition_cost": {  # mean, yuan
        "organic": 5.0,
        "advert": 60.0,
        "word of mouth": 15.0,
        "social media": 35.0,
        "sales": 900.0,
    },
    "orders": {
        "online_at_35": 0.6,  # logit of buying online at age 35
        "online_on_age": -0.06,  # its slope per year of age
        "app_at_35": 0.3,  # the same for the app against the web
        "app_on_age": -0.04,
        "return_rate": 0.03,  # of basket lines
        "complement": 0.4,  # chance that the next line is of the complementary category
        "discount_logit": -1.2,  # that a line is bought at 10 or 20 % off
        "discount_on_price_sensitivity": 0.9,
        "own_brand_logit": -1.4,
        "own_brand_on_price_sensitivity": 0.5,
    },
    "margins": {"own_brand": 0.45, "other_brands": 0.25},
    # Loyalty points: one for each full 10 yuan, worth 0.1 yuan each.
    "points": {"yuan_per_point": 10, "point_worth": 0.1, "credited_after_days": 15},
    "consent": {"listed": 0.5, "unlisted": 0.3, "withdrawn_per_year": 0.05},
    # Greeting two days after the first order, randomised half and half: the chance that
    # it brings a visit within the next 28 days.
    "greeting": {"hold_out": 0.5, "extra_visit": 0.08},
    # Letters in 26 weeks, randomised: letter k = 0, 1, ... brings an order with
    # probability first * exp(-fading k), and an opt-out with probability fatigue * (k + 1).
    "letters": {"arms": [0, 2, 6, 13], "first": 0.06, "fading": 0.15, "fatigue": 0.003},
    # November voucher, randomised half and half: chance of a voucher order without and
    # with the message, by type. Somebody who has left is a lost cause.
    "voucher": {
        "hold_out": 0.5,
        "persuadable": [0.05, 0.40],
        "sure thing": [0.30, 0.30],
        "lost cause": [0.01, 0.01],
        "sleeping dog": [0.30, 0.08],
    },
    # Birthday card to those silent for half a year: chance of an order without and with.
    "card": {"hold_out": 0.5, "order": [0.01, 0.025]},
    # A postcard that changes nothing: chance of an order without and with.
    "postcard": {"hold_out": 0.5, "order": [0.02, 0.02]},
    "wallet": {
        "share_logit": -0.6,
        "on_loyalty": 0.8,
        "on_price_sensitivity": -0.5,
        "panel_answers": 1.2,  # logit of an answer at the mean value
        "panel_answers_on_value": -0.7,
    },
    "visits": {"per_week": 0.05, "on_engagement": 0.6, "after_leaving": 0.1},
    "interactions": {
        "share_logit": -2.2,
        "review_logit": -2.6,
        "service_logit": -2.2,
        "on_engagement": 0.8,
    },
    "service": {
        "complaint": 0.04,  # of orders
        "complaint_before_leaving": 0.16,  # of the orders after which somebody left
        "solved_at_first_contact": 0.7,
        "stay": [0.40, 0.65],  # would stay, without and with compensation (randomised)
        "price_promise": 0.01,  # of basket lines: found cheaper, and claimed
        "price_gap": 8.0,  # mean refund, yuan
    },
    # A queue with one line and no one hanging up: Poisson arrivals, exponential service.
    "calls": {"per_hour": 160, "handling_seconds": 180, "agents": 10},
    "referrals": {"joins_if_one_sided": 0.30, "joins_if_double_sided": 0.45},
    "surveys": {"satisfaction_on_loyalty": 0.9, "complaint": -2.0, "answer_on_loyalty": 0.5},
    "attitudes": {  # mean answers, 1 to 7: fashion, family, thrift, craft, risk, routine
        "trend": [6.0, 2.5, 3.5, 4.0, 5.5, 2.0],
        "family": [3.0, 6.2, 4.5, 4.0, 2.5, 5.5],
        "bargain": [3.5, 4.0, 6.3, 2.5, 3.5, 4.0],
        "quality": [3.0, 3.5, 2.0, 6.2, 4.0, 5.0],
    },
    # Business customers: orders a year are negative binomial.
    "accounts": {
        "r": 0.5,
        "mean_orders": 4.0,
        "highway_share": 0.04,
        "voucher_missing": 0.02,
        "voucher_misread": 0.01,
        "renewal_logit": 0.4,
        "gift": 0.6,  # effect of each randomised practice on the logit of renewal
        "tracking": 0.4,
        "thanks": 0.0,
        "felt_tie_on_share": 0.5,  # correlation of the seller's feeling and the true share
    },
    # Prospects: chance of each step at average strength and intent; logit slope of their
    # product, and none of either alone.
    "leads": {"steps": [0.4, 0.5, 0.6, 0.25], "on_strength_times_intent": 0.8},
    "aidma": {"yields": [0.6, 0.5, 0.4, 0.7, 0.25]},
    "maslow": {"wrong_answers": 0.08},
    "brand_choice": {  # logit of buying in the category, per point on a scale or per score
        "culture": 0.15,
        "social": 0.5,
        "personal": 0.2,
        "psychological": 0.8,
    },
    # Chance of another brand at the next purchase: at 18, and its change per year of age.
    "switching": {"at_18": 0.55, "per_year": -0.007},
    "conjoint": {  # utilities of a consumer, of a business buyer
        "quality": [0.8, 1.2],
        "service": [0.4, 0.9],
        "remembered": [0.5, 0.2],  # the shop knows one's preference
        "price": [-0.02, -0.01],  # per yuan
    },
    "brands": {  # mean ratings 1 to 10: quality, low price, service, style
        "ours": [7.0, 3.0, 6.0, 6.0],
        "brand A": [7.0, 2.0, 5.0, 7.0],
        "brand B": [2.0, 8.0, 3.0, 4.0],
        "brand C": [5.0, 6.0, 5.0, 3.0],
        "brand D": [6.0, 5.0, 7.0, 5.0],
        "ideal": [8.0, 4.0, 7.0, 6.5],
    },
    "staff": {"mean_change": 0.4},  # of the customer-awareness scale, after the training
    # Standardised paths between branches: staff, service, customers; location behind all.
    "stores": {"staff_to_service": 0.5, "service_to_customers": 0.6, "staff_to_customers": 0.1},
    # Our sales in the whole market of each category.
    "market": {"shares": [0.30, 0.12, 0.08, 0.05, 0.20, 0.15, 0.25, 0.10]},
    # What is wrong with a record as typed, by chance.
    "records": {
        "channels": [0.7, 0.6, 0.35],  # has a record in store, app, web
        "twice": 0.04,
        "homophone": 0.06,
        "traditional": 0.05,
        "pinyin_by_channel": [0.0, 0.1, 0.5],
        "phone_typo": 0.03,
        "card_typo": 0.02,
        "other_mailbox": 0.1,
        "household": 0.04,  # same address and phone as the customer before
        "phone_changes_per_month": 0.02,
        "no_email_by_channel": [0.7, 0.2, 0.02],
        "no_birth_date_by_channel": [0.3, 0.1, 0.6],
    },
}
