"""The form S3704 drawn on A4: every field, box, notice and signature block, ready to check, sign and post.

Nothing is ticked, dated or signed. The name of the file and the metadata hold no name and no number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from parcours.domain.declaration import Champ, Declaration, Etat, Id, Qui
from parcours.domain.declaration_texts import ADRESSE_ATTESTATION, CARACTERES, RECHERCHE_CAISSE
from parcours.paper.sheet import MARGIN, WIDTH, Sheet

TITLE: Final = "Déclaration de choix du médecin traitant (préparée, non signée)"
NIR_BOXES: Final = (1, 2, 2, 2, 3, 3, 2)
DATE_BOXES: Final = (2, 2, 4)
_HALF: Final = WIDTH / 2
_LABEL: Final = 7.5
_BOTTOM: Final = 278.0
_LONGEST_NAMES: Final = (10_000, 100, 50, 25)
"""How many letters of each name a statement tries to hold, one after the other: the last always fits."""


def s3704(declaration: Declaration) -> bytes:
    """The PDF of a declaration: the form, then its notice and what is to be checked before signing."""
    sheet = Form(declaration)
    sheet.form()
    sheet.notice()
    sheet.suite()
    return bytes(sheet.output())


class Form(Sheet):
    """One declaration being drawn; ``trop_longs``: values that no box could hold, printed on a page apart."""

    def __init__(self, declaration: Declaration) -> None:
        code = f"Code de vérification (SHA-256 du contenu) : {declaration.empreinte}"
        super().__init__(TITLE, code, declaration.jour)
        self.declaration = declaration
        self.trop_longs: list[Champ] = []

    # ------------------------------------------------------------ the form

    def form(self) -> None:
        """The first page: the form itself."""
        self.add_page()
        self._tete()
        y = self._assure(38)
        y = self._beneficiaire(y + 3)
        y = self._medecin(y + 3)
        self._conjointe(y + 3)

    def _tete(self) -> None:
        self.rect(MARGIN, 10, WIDTH, 11)
        self.write_at(MARGIN + 2, 11.5, "PRÉPARÉE – NON SIGNÉE", 12, bold=True)
        self.write_at(
            MARGIN + 62, 11.2, f"le {self.declaration.jour:%d/%m/%Y}, à vérifier et à compléter.", 8
        )
        self.write_at(MARGIN + 62, 15.2, "Sans valeur tant que les deux parties n’ont pas signé.", 8)
        self.write_at(MARGIN + 142, 12.5, "S3704 · cerfa 12485", 9, bold=True)
        self.write_at(MARGIN, 23.5, "Déclaration de choix du médecin traitant", 15, bold=True)
        self.write_at(MARGIN, 31, "(article L. 162-5-3 du Code de la sécurité sociale)", 8.5)

    def _bloc(self, y: float, titre: str) -> float:
        self.set_fill_color(225)
        self.rect(MARGIN, y, WIDTH, 5.5, style="F")
        self.write_at(MARGIN + 1, y + 0.5, titre, 9, bold=True)
        return y + 7

    def _assure(self, y: float) -> float:
        y = self._bloc(y, "Identification de l’assuré(e) et du bénéficiaire des soins : l’assuré(e)")
        self._chiffres(
            Id.ASSURE_NUMERO,
            MARGIN,
            y,
            "Numéro de sécurité sociale (clé : les deux dernières cases)",
            NIR_BOXES,
        )
        y += 12
        nom = "Nom de famille (de naissance)"
        self._ligne(Id.ASSURE_NOM_NAISSANCE, MARGIN, y, _HALF - 2, nom)
        self._ligne(Id.ASSURE_NOM_USAGE, MARGIN + _HALF, y, _HALF, "suivi du nom d’usage, s’il y a lieu")
        self._ligne(Id.ASSURE_PRENOM, MARGIN, y + 12, _HALF - 2, "Prénom")
        self._ligne(Id.ASSURE_ADRESSE, MARGIN + _HALF, y + 12, _HALF, "Adresse de l’assuré(e)", 13)
        return y + 29

    def _beneficiaire(self, y: float) -> float:
        y = self._bloc(y, "Le bénéficiaire des soins")
        self._ligne(Id.BENEFICIAIRE_NOM, MARGIN, y, _HALF - 2, "Nom")
        self._ligne(Id.BENEFICIAIRE_PRENOM, MARGIN + _HALF, y, _HALF, "Prénom")
        day = self.declaration.champ(Id.BENEFICIAIRE_NAISSANCE)
        self._etiquette(MARGIN, y + 12, "Date de naissance (jj mm aaaa)", day)
        self.boxes(MARGIN, y + 15.5, day.texte.replace("/", ""), DATE_BOXES)
        label = "Code de l’organisme de rattachement"
        self._ligne(Id.BENEFICIAIRE_ORGANISME, MARGIN + _HALF, y + 12, _HALF, label)
        return y + 23

    def _medecin(self, y: float) -> float:
        y = self._bloc(y, "Identification du médecin")
        self._ligne(Id.MEDECIN_NOM, MARGIN, y, _HALF - 2, "Nom du médecin traitant")
        self._ligne(Id.MEDECIN_PRENOM, MARGIN + _HALF, y, _HALF, "Prénom")
        self._chiffres(Id.MEDECIN_RPPS, MARGIN, y + 12, "Identifiant (RPPS)", (11,))
        label = "N° de structure (AM, FINESS ou SIRET)"
        self._chiffres(Id.MEDECIN_STRUCTURE, MARGIN + _HALF, y + 12, label, (14,))
        label = "Raison sociale du cabinet, de l’établissement (*)"
        self._ligne(Id.MEDECIN_RAISON_SOCIALE, MARGIN, y + 24, _HALF - 2, label, 13)
        label = "Adresse du cabinet, de l’établissement (*)"
        self._ligne(Id.MEDECIN_ADRESSE, MARGIN + _HALF, y + 24, _HALF, label, 13)
        star = "(*) centre de santé, établissement ou service médico-social"
        self.write_at(MARGIN, y + 41, star, 6.5)
        return y + 45

    # ------------------------------------------------------------ the joint declaration

    def _conjointe(self, y: float) -> None:
        y = self._bloc(y, "Déclaration conjointe du bénéficiaire des soins et du médecin traitant")
        self._engagement(
            MARGIN,
            y,
            "Je soussigné(e), M., Mme {}, et/ou le parent ou le titulaire de l’autorité parentale pour les "
            "mineurs, ou le représentant : {}, déclare choisir le médecin identifié ci-dessus comme médecin "
            "traitant.",
            (Id.BENEFICIAIRE_PRENOM, Id.BENEFICIAIRE_NOM),
            (Id.REPRESENTANT,),
        )
        self._engagement(
            MARGIN + _HALF + 2,
            y,
            "Je soussigné(e), Docteur {}, déclare accepter d’être le médecin traitant du bénéficiaire des "
            "soins identifié ci-dessus.",
            (Id.MEDECIN_PRENOM, Id.MEDECIN_NOM),
        )
        y += 27
        self.write_at(MARGIN, y, "Déclaration signée le", _LABEL + 1)
        self.boxes(MARGIN + 32, y - 1, "", DATE_BOXES)
        self._signatures(y + 8)

    def _engagement(self, x: float, y: float, text: str, *people: tuple[str, ...]) -> None:
        """A statement with its box, which stays empty: nobody ticks it but who declares.

        Its words are those of the law: when they do not fit, the names of the people are cut, and no word.
        """
        self.rect(x, y + 0.3, 3.4, 3.4)
        for longest in _LONGEST_NAMES:
            names = [self._nomme(fields, longest) for fields in people]
            if self.fitted(x + 5, y, _HALF - 9, 24, text.format(*names), 8.5):
                break

    def _nomme(self, fields: tuple[str, ...], longest: int) -> str:
        """A person in a sentence; a name that is cut there is whole on the last page."""
        known = [champ for champ in map(self.declaration.champ, fields) if champ.texte]
        name = " ".join(" ".join(champ.texte for champ in known).split())
        if len(name) <= longest:
            return name or "……………………………………"
        self.trop_longs.extend(champ for champ in known if champ not in self.trop_longs)
        return f"{name[:longest].rstrip()}…"

    def _signatures(self, y: float) -> None:
        gens = [s.qui for s in self.declaration.signatures if s.qui is not Qui.MEDECIN]
        labels = [_SIGNATURES[qui] for qui in gens] + [_SIGNATURES[Qui.MEDECIN]]
        width, height = (WIDTH + 2) / len(labels), 24.0
        for rank, label in enumerate(labels):
            x = MARGIN + rank * width
            self.rect(x, y, width - 2, height)
            self.paragraph(x + 1, y + 1, width - 4, label, _LABEL)
        y = self.paragraph(MARGIN, y + height + 1.5, WIDTH, _IMPORTANT, 7)
        self.paragraph(MARGIN, y + 0.5, WIDTH, _PIED, 6.5)

    # ------------------------------------------------------------ a field

    def _etiquette(self, x: float, y: float, label: str, champ: Champ) -> None:
        mark = {Etat.CONNU: "", Etat.MANQUANT: "  (à compléter)", Etat.DOUTEUX: "  (à vérifier)"}
        self.write_at(x, y, label + mark[champ.etat], _LABEL)

    def _ligne(self, identifiant: str, x: float, y: float, w: float, label: str, h: float = 7.5) -> None:
        champ = self.declaration.champ(identifiant)
        self._etiquette(x, y, label, champ)
        self.rect(x, y + 3.5, w, h)
        self._valeur(champ, lambda text: self.fitted(x + 1, y + 4, w - 2, h - 0.8, text))

    def _chiffres(self, identifiant: str, x: float, y: float, label: str, groups: tuple[int, ...]) -> None:
        champ = self.declaration.champ(identifiant)
        self._etiquette(x, y, label, champ)
        if len(champ.texte) <= sum(groups):
            self.boxes(x, y + 3.5, champ.texte, groups)
        else:
            self.rect(x, y + 3.5, _HALF - 2, 6)
            self._valeur(champ, lambda text: self.fitted(x + 1, y + 4, _HALF - 4, 5, text))

    def _valeur(self, champ: Champ, draw: Callable[[str], bool]) -> None:
        if champ.texte and not draw(champ.texte):
            self.trop_longs.append(champ)
            draw("voir la dernière page")

    # ------------------------------------------------------------ notice, checks

    def notice(self) -> None:
        """The second page: what to check, who signs, where to send, what a médecin traitant is."""
        self.add_page()
        self.write_at(MARGIN, 12, "Notice et vérifications (page à garder)", 13, bold=True)
        y = 20.0
        for titre, lignes in self._sections():
            y = self._section(y, titre, lignes)

    def _sections(self) -> list[tuple[str, list[str]]]:
        d = self.declaration
        return [
            ("Impossible de déclarer ce professionnel", [r.texte for r in d.refus]),
            ("Qui choisit et qui signe", [s.texte for s in d.signatures]),
            ("À compléter ou à vérifier", [_a_voir(champ) for champ in (*d.manquants, *d.douteux)]),
            ("À demander", list(d.a_demander)),
            ("À savoir", [a.texte for a in d.avertissements]),
            *((voie.titre, list(voie.prerequis)) for voie in d.voies),
            ("Où l’envoyer", self._ou()),
            *((titre, list(lignes)) for titre, lignes in d.textes),
        ]

    def _ou(self) -> list[str]:
        ou = self.declaration.destinataire
        adresse = ", ".join((ou.adresse or ADRESSE_ATTESTATION).splitlines())
        recherche = [] if ou.adresse else [f"Trouver sa caisse : {RECHERCHE_CAISSE}"]
        return [f"{ou.nom} – {adresse}", *([ou.doute] if ou.doute else []), *recherche]

    def _section(self, y: float, titre: str, lignes: list[str]) -> float:
        if not lignes:
            return y
        y = self._place(y, 12)
        y = self.paragraph(MARGIN, y, WIDTH, titre, 9, bold=True)
        for ligne in lignes:
            y = self._place(y, 8)
            y = self.paragraph(MARGIN + 3, y, WIDTH - 3, f"• {ligne}", 8)
        return y + 2

    def _place(self, y: float, needed: float) -> float:
        if y + needed <= _BOTTOM:
            return y
        self.add_page()
        return 14.0

    def suite(self) -> None:
        """Values that no box could hold, whole; and a word when some letters could not be printed."""
        if not self.trop_longs and not self.unprintable:
            return
        self.add_page()
        reason = CARACTERES if self.unprintable else "valeurs trop longues pour leur case"
        y = self._section(14, "Suite", [reason])
        for champ in self.trop_longs:
            y = self.paragraph(MARGIN, self._place(y, 12), WIDTH, champ.intitule, 8, bold=True)
            for line in self.lines(WIDTH - 3, champ.texte, 8):
                y = self.paragraph(MARGIN + 3, self._place(y, 4), WIDTH - 3, line, 8)
            y += 2


_SIGNATURES: Final = {
    Qui.BENEFICIAIRE: "Signature du bénéficiaire des soins",
    Qui.PARENT: "Signature du parent ou du titulaire de l’autorité parentale",
    Qui.AUTORITE: "Signature du titulaire de l’autorité parentale",
    Qui.REPRESENTANT: "Signature du représentant",
    Qui.A_DETERMINER: "Signature du bénéficiaire, du parent ou du représentant (nom et qualité)",
    Qui.MEDECIN: "Signature et cachet du médecin",
}
_IMPORTANT: Final = (
    "Important : le bénéficiaire des soins (ou son représentant) et le médecin traitant s’engagent "
    "conjointement à respecter les dispositions de l’article L. 162-5-3 du Code de la sécurité sociale."
)
_PIED: Final = (
    "Merci d’envoyer la déclaration complétée et signée à votre caisse d’assurance maladie. Loi 78-17 du "
    "6 janvier 1978 modifiée : droit d’accès et de rectification auprès de votre caisse. Remplir en "
    "capitales, un chiffre par case."
)


def _a_voir(champ: Champ) -> str:
    """A field to see to, without its value."""
    return f"{champ.intitule} : {champ.pourquoi}"
