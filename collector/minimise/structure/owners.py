"""Whose a structured description is, by its type: a person's, an organisation's, or that of what it is a part of.

The types of schema.org's Organization, without those that mostly are one person's practice (attorneys, notaries,
physicians, dentists, estate agents and craftsmen): whose contact it is would be guessed, so it stays a person's.
"""

from __future__ import annotations

from collections.abc import Iterable

PERSON = "person"
ORGANISATION = "organisation"
PART = "part"  # of whatever it stands in: an address, a contact point
OTHER = "other"

_PERSONS = frozenset(("person", "patient", "agent"))
_PARTS = frozenset(
    "postaladdress contactpoint geocoordinates propertyvalue openinghoursspecification place bankaccount".split()
)
_ORGANISATIONS = frozenset(
    """organization organisation airline consortium cooperative corporation company educationalorganization
    collegeoruniversity elementaryschool highschool middleschool preschool school fundingscheme governmentorganization
    governmentoffice librarysystem localbusiness medicalorganization ngo newsmediaorganization onlinebusiness
    onlinestore performinggroup dancegroup theatergroup politicalparty project fundingagency researchproject
    researchorganization searchrescueorganization sportsorganization sportsteam workersunion animalshelter
    archiveorganization automotivebusiness autobodyshop autodealer autopartsstore autorental autorepair autowash
    gasstation motorcycledealer motorcyclerepair childcare drycleaningorlaundry emergencyservice firestation hospital
    policestation employmentagency entertainmentbusiness amusementpark artgallery casino comedyclub movietheater
    nightclub financialservice accountingservice automatedteller bankorcreditunion insuranceagency foodestablishment
    bakery barorpub brewery cafeorcoffeeshop distillery fastfoodrestaurant icecreamshop restaurant winery postoffice
    healthandbeautybusiness beautysalon dayspa hairsalon healthclub nailsalon internetcafe library lodgingbusiness
    bedandbreakfast campground hostel hotel motel resort skiresort medicalclinic pharmacy optician recyclingcenter
    selfstorage shoppingcenter sportsactivitylocation bowlingalley exercisegym golfcourse publicswimmingpool sportsclub
    stadiumorarena tenniscomplex radiostation televisionstation store bikestore bookstore clothingstore computerstore
    conveniencestore departmentstore electronicsstore florist furniturestore gardenstore grocerystore hardwarestore
    hobbyshop homegoodsstore jewelrystore liquorstore menclothingstore mobilephonestore movierentalstore musicstore
    officeequipmentstore outletstore pawnshop petstore shoestore sportinggoodsstore tireshop toystore wholesalestore
    touristinformationcenter travelagency museum zoo civicstructure churchorplaceofworship placeofworship church
    mosque synagogue buddhisttemple hindutemple catholicchurch movingcompany generalcontractor vcard-org""".split()
)


def owner_of(types: Iterable[str]) -> str:
    """Whose a description of these types is; `types` are local names in small letters, and may be none."""
    owner = PART
    for each in types:
        if each in _PERSONS:
            return PERSON
        if each in _ORGANISATIONS:
            owner = ORGANISATION
        elif each not in _PARTS and owner == PART:
            owner = OTHER
    return owner
