"""What exports call the canonical columns, in English, German, French and Spanish."""

from __future__ import annotations

import re
import unicodedata

SYNONYMS: dict[str, str] = {
    "transaction_id": "transaction id|order id|order no|order number|order|order #|invoice|"
    "invoice no|invoice number|bestellnummer|bestellnr|auftragsnummer|rechnungsnummer|"
    "numero de commande|commande|numero de pedido|pedido|id pedido|orderno|"
    "bestell nr|auftragsnr|rechnungsnr|belegnummer|belegnr|vorgangsnummer|"
    "n commande|no commande|num commande|numero commande|ref commande|n pedido|"
    "num pedido|numero pedido",
    "customer_id": "customer id|customer|customer no|customer number|client id|user id|buyer|"
    "kundennummer|kundennr|kunde|kunden id|client|numero client|id client|cliente|id cliente|"
    "numero de cliente|customerno|who|"
    "kd nr|kdnr|kunden nr|debitor|debitorennummer|cust no|cust id|account no|"
    "code client|n client|no client|num client|cod cliente|n cliente|"
    "num cliente",
    "ordered_at": "ordered at|order date|date|created at|purchase date|invoice date|timestamp|"
    "bestelldatum|datum|auftragsdatum|rechnungsdatum|date de commande|date commande|"
    "fecha|fecha de pedido|fecha pedido|order time|when|"
    "bestellt am|kaufdatum|belegdatum|date achat|date facture|fecha compra|"
    "fecha factura|ordered on|order day",
    "net": "net|net amount|amount|total|order total|revenue|sales|net total|line total|netto|"
    "nettobetrag|betrag|umsatz|summe|gesamtbetrag|montant|montant net|total ht|importe|"
    "importe neto|total neto|dollar value|"
    "nettoumsatz|warenwert|rechnungsbetrag|montant ttc|total ttc|montant total|"
    "importe total|order value|order amount",
    "gross": "gross|gross amount|subtotal|brutto|bruttobetrag|montant brut|importe bruto",
    "discount": "discount|discount amount|rabatt|remise|descuento",
    "status": "status|order status|state|bestellstatus|statut|etat|estado",
    "sales_channel": "sales channel|verkaufskanal|vertriebskanal|canal de vente|canal de venta",
    "payment_method": "payment method|payment|zahlungsart|zahlungsmethode|mode de paiement|"
    "metodo de pago|forma de pago",
    "cost_of_goods": "cost of goods|cogs|cost|wareneinsatz|cout des marchandises|coste",
    "shipping_cost": "shipping cost|versandkosten|frais de port|gastos de envio",
    "payment_cost": "payment cost|payment fee|zahlungskosten|frais de paiement",
    "product_id": "product id|product|sku|item|article|stock code|artikelnummer|artikel|produkt|"
    "produit|reference|producto|articulo|"
    "art nr|artnr|artikel nr|ref produit|reference produit|code article|ref|"
    "product code|codigo|item no",
    "category": "category|product category|kategorie|warengruppe|categorie|categoria",
    "quantity": "quantity|qty|pieces|menge|anzahl|stueck|quantite|cantidad|stk|qte|cant|units",
    "unit_price": "unit price|price|item price|preis|einzelpreis|stueckpreis|prix unitaire|prix|"
    "precio|precio unitario|"
    "vk preis|stueck preis|pu ht|pu|prix ht",
    "signed_up_on": "signed up on|signup date|sign up date|registered|registration date|"
    "anmeldedatum|registriert am|kunde seit|date inscription|fecha de registro|fecha de alta|"
    "angelegt am|date creation|inscrit le|created on|customer since",
    "region": "region|area|state province|gebiet|bundesland|country|land|pays|pais",
    "city": "city|town|ort|stadt|wohnort|ville|ciudad",
    "segment": "segment|tier|customer group|kundengruppe|kundensegment|segmento",
    "acquisition_channel": "acquisition channel|acquired via|kanal|akquisekanal|"
    "canal acquisition|canal de captacion",
    "birth_year": "birth year|year of birth|geburtsjahr|annee de naissance|ano de nacimiento",
    "name": "name|full name|customer name|vollstaendiger name|nom|nom complet|nombre|"
    "kundenname|nom du client|nombre cliente",
    "email": "email|e mail|email address|mail|e mail adresse|courriel|correo|correo electronico",
    "phone": "phone|telephone|phone number|telefon|telefonnummer|telefono|mobile|handy",
    "week": "week|week start|woche|semaine|semana",
    "marketing_channel": "marketing channel|channel|ad channel|kanal|canal",
    "spend": "spend|ad spend|marketing spend|ausgaben|werbekosten|depense|depenses|gasto",
    "impressions": "impressions|impressionen|impresiones",
    "clicks": "clicks|klicks|clics",
    "attributed_orders": "attributed orders|conversions",
    "surveyed_on": "surveyed on|survey date|date|datum|fecha",
    "score": "score|rating|satisfaction|bewertung|zufriedenheit|note|puntuacion",
    "ticket_id": "ticket id|ticket no|ticket|ticketnummer|numero de ticket",
    "opened_at": "opened at|opened|created at|geoeffnet|eroeffnet|ouvert le|abierto",
    "closed_at": "closed at|closed|resolved at|geschlossen|ferme le|cerrado",
    "topic": "topic|subject|thema|betreff|sujet|asunto",
    "severity": "severity|priority|prioritaet|priorite|prioridad",
    "experiment_id": "experiment id|experiment|test",
    "variant": "variant|group|variante",
    "assigned_at": "assigned at|assignment date|zugewiesen am",
}
STATUS_WORDS = {
    "completed": "completed|complete|paid|shipped|delivered|fulfilled|closed|done|bezahlt|"
    "versendet|geliefert|abgeschlossen|erledigt|payee|paye|livree|terminee|expediee|pagado|"
    "enviado|entregado|completado",
    "returned": "returned|refunded|return|sent back|retourniert|zurueckgesandt|erstattet|"
    "retournee|remboursee|devuelto|reembolsado",
    "cancelled": "cancelled|canceled|void|voided|failed|storniert|abgebrochen|annulee|annule|"
    "cancelado|anulado",
}
_PERSONAL = re.compile(
    "name|mail|phone|telefon|mobile|address|adresse|street|strasse|street|zip|plz|postal|"
    "iban|birthday|geburtsdatum|nom|prenom|nombre|apellido|direccion|courriel|correo|ip"
)


def plain_name(header: str) -> str:
    """Return a name in small letters without accents, words set apart by single blanks."""
    text = re.sub("([a-z0-9])([A-Z])", r"\1 \2", header).lower()
    for letter, both in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.replace(letter, both)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(re.findall("[a-z0-9]+|#", text))


def named_like(header: str, column: str) -> int:
    """Return how surely a header names a canonical column: 0 (not) upwards."""
    names = [plain_name(name) for name in SYNONYMS.get(column, "").split("|")]
    plain = plain_name(header)
    for rank, name in enumerate(names):
        if plain == name or plain.replace(" ", "") == name.replace(" ", ""):
            return 1000 - rank
    return 0


def known_status(word: str) -> str | None:
    """Return the canonical status that a word is known to mean."""
    plain = plain_name(word)
    for status, words in STATUS_WORDS.items():
        if plain in words.split("|"):
            return status
    return None


def looks_personal(header: str) -> bool:
    """Return whether a header sounds like personal data."""
    return bool(_PERSONAL.search(plain_name(header)))
