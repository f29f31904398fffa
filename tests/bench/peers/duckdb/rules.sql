-- The ten rules over flat rows: the first that holds answers.
with visites as (
  select
    *,
    traitant <> 0 as declare_mt,
    (specialite = 'SM20'
        and acte in ('gynecologie-examen-periodique', 'gynecologie-contraception', 'gynecologie-grossesse'))
      or (specialite = 'SM38'
        and acte in ('ophtalmologie-correction', 'ophtalmologie-glaucome', 'ophtalmologie-dmla'))
      or (specialite = 'SM50' and acte = 'stomatologie-soins-bucco-dentaires') as liste
  from lignes
)
select
  numero,
  case
    when age < 16 then 'dans-parcours X'
    when declare_mt and traitant = medecin and declare_jours >= 1 then 'dans-parcours T'
    when declare_mt and remplace = traitant then 'dans-parcours R'
    when declare_mt and prescripteur = traitant and adresse_jours >= 0 and declare_jours >= adresse_jours
      then 'dans-parcours O'
    when specialite = 'SM54' and installe_ans >= 0 and installe_ans < 5 then 'dans-parcours J'
    when urgence then 'dans-parcours U'
    when hors_residence then 'dans-parcours H'
    when liste and declare_mt then 'dans-parcours D'
    when specialite in ('SM20', 'SM38', 'SM50') and not liste then 'hors-parcours S1'
    when liste then 'hors-parcours D'
    else 'hors-parcours S2'
  end as reponse
from visites
