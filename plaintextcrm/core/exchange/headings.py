"""Column names as programs write them in other languages -> the English name, folded (`table.fold_column`)."""

from __future__ import annotations

from plaintextcrm.core.exchange.table import fold_column

_PEOPLE = {
    "first_name": "Vorname|Prénom|Nombre",
    "middle_name": "Weitere Vornamen|Deuxième prénom|Segundo nombre",
    "last_name": "Nachname|Nom|Apellidos",
    "display_name": "Anzeigename|Nom à afficher|Nombre en pantalla",
    "nickname": "Spitzname|Surnom|Apodo",
    "suffix": "Suffixe",
    "title": "Anrede|Titre",
    "company": "Firma|Unternehmen|Société|Organización",
    "department": "Abteilung|Service|Departamento",
    "job_title": "Position|Puesto",
    "e_mail_address": "E-Mail-Adresse|Adresse de messagerie|Dirección de correo electrónico",
    "e_mail_2_address": "E-Mail 2: Adresse|Adresse de messagerie 2|Dirección de correo electrónico 2",
    "e_mail_3_address": "E-Mail 3: Adresse|Adresse de messagerie 3|Dirección del correo electrónico 3|Dirección de correo electrónico 3",
    "primary_email": "Primäre E-Mail-Adresse|Adresse électronique principale|Dirección de correo electrónico principal",
    "secondary_email": "Sekundäre E-Mail-Adresse|Adresse électronique secondaire|Dirección de correo electrónico secundaria",
    "birthday": "Geburtstag|Anniversaire|Cumpleaños",
    "birth_month": "Geburtsmonat|Mois|Mes de nacimiento",
    "birth_year": "Geburtsjahr|Année de naissance|Año de nacimiento",
    "birth_day": "Jour|Día de nacimiento",
    "anniversary": "Jahrestag|Anniversaire de mariage ou fête|Aniversario",
    "categories": "Kategorien|Catégories|Categorías",
    "gender": "Geschlecht|Sexe|Género",
    "notes": "Notizen|Notas",
    "spouse": "Partner|Conjoint(e)|Cónyuge",
    "assistant's_name": "Name Assistent|Nom de l'assistant(e)",
    "manager's_name": "Name des/der Vorgesetzten|Nombre del director",
    "web_page": "Webseite|Page Web|Página web",
    "web_page_1": "Webseite 1|Site Web 1|Página web 1",
    "web_page_2": "Webseite 2|Site Web 2|Página web 2",
    "organization": "Organisation",
    "mobile_number": "Mobil-Tel.-Nr.|Portable",
    "connected_on": "Verbunden am|Connecté le|Conectado el",
}
_REACHED = {
    "mobile_phone": "Mobiltelefon|Tél. mobile|Teléfono móvil",
    "primary_phone": "Haupttelefon|Téléphone principal|Teléfono principal",
    "business_phone": "Telefon geschäftlich|Téléphone (bureau)|Teléfono del trabajo",
    "business_phone_2": "Telefon geschäftlich 2|Téléphone 2 (bureau)",
    "home_phone": "Telefon privat|Téléphone (domicile)|Particular",
    "home_phone_2": "Telefon privat 2|Téléphone 2 (domicile)",
    "work_phone": "Tel. dienstlich|Tél. professionnel|Teléfono (Trabajo)",
    "car_phone": "Autotelefon|Téléphone (voiture)",
    "other_phone": "Weiteres Telefon|Téléphone (autre)|Otro teléfono",
    "business_fax": "Fax geschäftlich|Télécopie (bureau)",
    "home_fax": "Fax privat|Télécopie (domicile)",
    "other_fax": "Weiteres Fax|Télécopie (autre)|Otro fax",
    "business_street": "Straße geschäftlich|Rue (bureau)|Calle del trabajo",
    "business_city": "Ort geschäftlich|Ville (bureau)|Ciudad de trabajo",
    "business_state": "Region geschäftlich|Bundesland/Kanton geschäftlich|Dép/Région (bureau)|Provincia o estado de trabajo",
    "business_postal_code": "Postleitzahl geschäftlich|Code postal (bureau)|Código postal del trabajo",
    "business_country/region": "Land geschäftlich|Land/Region geschäftlich|Pays/Région (bureau)|País o región del trabajo",
    "home_street": "Straße privat|Rue (domicile)",
    "home_city": "Ort privat|Ville (domicile)",
    "home_state": "Region privat|Bundesland/Kanton privat|Dép/Région (domicile)",
    "home_postal_code": "Postleitzahl privat|Code postal (domicile)",
    "home_country/region": "Land privat|Land/Region privat|Pays/Région (domicile)|País o región del domicilio",
    "other_street": "Weitere Straße|Rue (autre)|Otra calle",
    "other_city": "Weiterer Ort|Ville (autre)|Otra ciudad",
    "other_state": "Weitere Region|Dép/Région (autre)|Otra provincia o estado",
    "other_postal_code": "Weitere Postleitzahl|Code postal (autre)|Otro código postal",
    "other_country/region": "Weiteres Land|Pays/Région (autre)|Otro país o región",
    "home_address": "Privat: Adresse|Adresse privée|Dirección personal",
    "home_country": "Privat: Land",
    "home_zipcode": "Privat: PLZ",
    "work_address": "Dienstlich: Adresse|Adresse professionnelle|Dirección de trabajo",
    "work_country": "Dienstlich: Land",
    "work_zipcode": "Dienstlich: PLZ",
}
ENGLISH = {fold_column(word): english for english, words in {**_PEOPLE, **_REACHED}.items() for word in words.split("|")}


def english(folded: str) -> str:
    """The English name of a folded column; itself where it is English, or of no language that is known."""
    return ENGLISH.get(folded, folded)
