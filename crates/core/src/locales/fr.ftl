# Texts of the pages and of what stands in them. Keys begin with the page's own name; the other language has the same keys.

## The page around every page

page-title = { $title } – Tonalite
skip-to-content = Aller au contenu
nav-main = Principal
nav-devices = Appareils
language-other = English
sign-out = Se déconnecter
cancel = Annuler
copy = Copier
copied = Copié
optional = facultatif
form-wrong = Rien n’a été enregistré : voyez le message près du champ.

## Signing in

sign_in-title = Connexion
sign_in-username = Nom d’utilisateur
sign_in-password = Mot de passe
sign_in-submit = Se connecter
sign_in-wrong = Ce nom d’utilisateur et ce mot de passe ne correspondent pas.
sign_in-ended = Vous êtes déconnecté.
sign_in-needed = Connectez-vous pour voir cette page.

## States: the word, its explanation, and what stands beside it. {n} and its like are filled in the browser.

# used-by-code: state-*
# used-by-code: explain-*
# used-by-code: lines-registered
# used-by-code: detail-*
# used-by-code: for-*
state-registered = Enregistré
state-aged = Âgé
state-unregistered = Non enregistré
state-no_line = Aucune ligne attribuée
state-partial = partiel
state-available = Disponible
explain-registered = Au moins une ligne de l’appareil est enregistrée : le téléphone s’est annoncé et son enregistrement est encore valable.
explain-registered-next = « Partiel » signifie qu’il manque une partie de ses lignes.
explain-aged = Expiré : l’appareil n’a pas renouvelé son enregistrement à temps.
explain-aged-next = Il a disparu sans prévenir. Est-il alimenté, et son réseau fonctionne-t-il ?
explain-unregistered = Aucune ligne de l’appareil n’est enregistrée : il ne s’est jamais annoncé, ou il s’est retiré de lui-même.
explain-unregistered-next = Vérifiez sur le téléphone que le nom d’utilisateur, le mot de passe et le serveur sont bien ceux de sa ligne.
explain-no_line = Aucun utilisateur n’a encore de ligne sur cet appareil : il n’y a rien à enregistrer. Ce n’est pas une panne.
explain-no_line-next = Attribuez une ligne à un utilisateur pour mettre le téléphone en service.
lines-registered =
    { $registered-form ->
        [one] { $registered } ligne enregistrée sur { $assigned }
       *[other] { $registered } lignes enregistrées sur { $assigned }
    }
for-now = à l’instant
for-minutes = depuis { $n } min
for-hours = depuis { $n } h
for-days = depuis { $n } j
live-on = en direct
live-off = reconnexion…
live-changed =
    { $form ->
        [one] { $n } appareil a changé d’état.
       *[other] { $n } appareils ont changé d’état.
    }

## Times

# used-by-code: month-*
month-1 = janv.
month-2 = févr.
month-3 = mars
month-4 = avr.
month-5 = mai
month-6 = juin
month-7 = juil.
month-8 = août
month-9 = sept.
month-10 = oct.
month-11 = nov.
month-12 = déc.
time-dated = { $day } { $month } { $year } { $clock }
time-with-site = { $time } (site : { $site })

## Devices: the list

devices-title = Appareils
devices-add = Ajouter un périphérique porté
devices-counts = Appareils par état
devices-all = Tous les appareils
devices-partial =
    { $count ->
        [one] dont { $count } partiel
       *[other] dont { $count } partiels
    }
devices-filters = Filtres
devices-filter-site = Site
devices-filter-type = Type d’appareil
devices-filter-status = État
devices-all-sites = Tous les sites
devices-all-types = Tous les types
devices-all-states = Tous les états
devices-status-partial = Partiel
devices-filter = Filtrer
devices-unfilter = Retirer les filtres
devices-mac = Adresse MAC
devices-type = Type d’appareil
devices-lines = Lignes disponibles
devices-site = Site
devices-status = État
devices-actions = Actions
devices-actions-for = Actions pour { $device }
devices-lines-available = { $available } sur { $total }
devices-no-mac = sans adresse MAC
devices-total =
    { $count ->
        [one] { $count } appareil
       *[other] { $count } appareils
    }
devices-next = Page suivante
devices-first = Première page
devices-empty-title = Aucun appareil pour l’instant
devices-empty-text = Ajoutez le premier : choisissez le site et le modèle, puis saisissez l’adresse MAC qui figure sur l’étiquette, sous le téléphone.
devices-empty-viewer = Dès que quelqu’un en ajoutera un, il figurera ici avec son état.
devices-unmatched-title = Aucun appareil ne correspond à ces filtres
devices-unmatched-text = Il y a des appareils, mais aucun ne répond à tous les filtres à la fois.
devices-end-title = Plus d’autres appareils
devices-includes-no-line =
    { $count ->
        [one] Y compris { $count } appareil sans ligne attribuée, ce qui n’est pas une panne.
       *[other] Y compris { $count } appareils sans ligne attribuée, ce qui n’est pas une panne.
    }
devices-action-open = Ouvrir
devices-action-status = État de l’appareil
devices-action-assign = Attribuer des lignes
devices-action-copy = Copier l’adresse MAC
devices-action-remove = Retirer l’appareil
devices-added = { $device } a été ajouté.
devices-removed = { $device } a été retiré.
devices-removed-one = L’appareil a été retiré.

## Devices: the list, found and sorted

devices-search = Rechercher
devices-search-places = MAC, type, site, utilisateur, numéro, adresse IP…
devices-filter-kind = Genre
devices-all-kinds = Tous les genres
devices-kind-desk = Téléphone de bureau
devices-kind-conference = Téléphone de conférence
devices-kind-ata = Adaptateur analogique
devices-kind-dect_base = Base DECT
devices-kind-generic = Generic SIP
devices-filter-problem = Demande attention
devices-filter-lines = Avec une ligne disponible
devices-filter-critical = Critique
devices-view = Affichage
devices-columns = Autres colonnes
devices-column-customer = Client
devices-column-users = Utilisateurs
devices-column-agent = Agent utilisateur
devices-column-seen = Vu
devices-limit = Lignes par page
devices-user = { $name } ({ $extension })
devices-users-more = { $users } et { $count } de plus
devices-at-least = { $count }+
devices-total-more = plus de { $count } appareils
devices-unfound-title = Rien ne correspond à « { $searched } »
devices-unfound-text = Chaque mot doit se trouver dans l’adresse MAC, le type, le nom, le numéro de série ou d’inventaire, le site, un utilisateur, un numéro interne ou public, ou au début d’une adresse IP.
devices-unfound-short = Moins de trois caractères ne trouvent que le début d’une adresse MAC ou un numéro interne entier. Saisissez-en un de plus.
devices-unfound-filters = Les filtres masquent aussi des appareils.
devices-unsearch = Effacer la recherche
devices-unfilter-all = Effacer la recherche et les filtres
devices-empty-demo = Pour visiter d’abord, lancez la démonstration, avec un parc fictif qui s’enregistre vraiment :
devices-keys = Clavier
devices-keys-search = aller à la recherche
devices-keys-next = appareil suivant
devices-keys-previous = appareil précédent
devices-keys-enter = Entrée
devices-keys-open = ouvrir l’appareil
devices-keys-tab = Tab
devices-keys-menu = vers l’état et les actions de sa ligne
devices-keys-single = Utiliser les touches d’un seul caractère : / j k
ago-now = à l’instant
ago-minutes = il y a { $n } min
ago-hours = il y a { $n } h
ago-days = il y a { $n } j

## Devices: adding one

devices-new-title = Ajouter un appareil porté
devices-new-hint = Un téléphone que vous possédez déjà et que vous raccordez à ce service. Rien à voir avec la portabilité d’un numéro.
devices-new-site = Site
devices-new-device = Appareil
devices-new-mac = Adresse MAC
devices-new-save = Enregistrer
devices-new-choose-site = Choisir un site
devices-new-choose-device = Choisir un appareil
devices-new-site-first = Choisissez d’abord le site
devices-new-reload = Afficher les appareils approuvés pour ce site
devices-new-mac-hint = Douze chiffres et lettres, sur l’étiquette, avec ou sans deux-points : 00:15:65:ab:cd:ef. Les appareils Generic SIP n’en ont pas.
devices-new-not-listed = Votre modèle ne figure pas dans la liste ? Demandez à { $provider } de l’approuver.
devices-new-provider = votre fournisseur
devices-new-taken-link = Voir l’appareil qui porte cette adresse
devices-new-no-site-title = Il n’y a pas de site où ajouter un appareil
devices-new-no-site-text = Tout appareil appartient à un site. Un administrateur en crée d’abord un, au moyen de l’API.

## Devices: one device

devices-show-back = Appareils
devices-show-identity = Appareil
devices-show-name = Nom
devices-show-customer = Client
devices-show-serial = Numéro de série
devices-show-inventory = Numéro d’inventaire
devices-show-note = Note
devices-show-critical = Critique
devices-show-critical-yes = oui : écarté des actions groupées, sauf s’il y est nommé
devices-show-added = Ajouté
devices-show-last-seen = Vu pour la dernière fois
devices-show-user-agent = Agent utilisateur
devices-show-firmware = Micrologiciel
devices-show-never = jamais
devices-show-lines = Lignes
devices-show-port = Ligne
devices-show-user = Utilisateur
devices-show-number = Numéros interne et public
devices-show-expires = Expiration
devices-show-available =
    { $count ->
        [one] { $count } ligne est disponible.
       *[other] { $count } lignes sont disponibles.
    }
devices-show-all-assigned = Toutes les lignes sont attribuées.
devices-show-no-lines = Aucune ligne n’est encore attribuée. Attribuez-en une à un utilisateur, puis donnez au téléphone ses identifiants.
devices-show-assign = Attribuer une ligne
devices-show-line-actions = Actions pour la ligne { $port }
devices-show-contacts = Contacts actuels
devices-show-no-contacts = Le téléphone n’est pas en contact en ce moment.
devices-show-address = Adresse
devices-show-timeline = Historique
devices-show-no-timeline = Rien ne s’est encore passé.
devices-show-refresh = Afficher l’état actuel
detail-never_seen = jamais vue
detail-withdrawn = retirée par le téléphone
detail-ended = interrompue par un administrateur
detail-overdue = renouvellement en retard
detail-unconfirmed = sans nouvelles depuis notre redémarrage
devices-show-shared = partagée

## Devices: assigning a line

devices-assign-which = Ligne
devices-assign-known = Un utilisateur de { $site }
devices-assign-user = Utilisateur
devices-assign-choose = Choisir un utilisateur
devices-assign-none = Ce site n’a pas encore d’utilisateurs : créez le premier.
devices-assign-more = Seuls les { $count } premiers utilisateurs sont affichés.
devices-assign-submit = Attribuer la ligne
devices-assign-new = Un nouvel utilisateur
devices-assign-new-hint = Une personne, une salle ou une file d’attente.
devices-assign-name = Nom
devices-assign-extension = Numéro interne
devices-assign-number = Numéro public
devices-assign-number-hint = Au format international : +33 4 78 00 00 00
devices-assign-make = Créer l’utilisateur et attribuer la ligne
devices-assign-done = La ligne { $port } est attribuée à { $user }. De nouveaux identifiants permettent au téléphone de l’utiliser.
devices-unassign-title = Retirer la ligne { $port } à { $user } ?
devices-unassign-text = Ses enregistrements prennent fin aussitôt et ses identifiants ne fonctionnent plus. L’utilisateur est conservé.
devices-unassign-submit = Retirer la ligne
devices-unassign-done = La ligne { $port } est de nouveau disponible.

## Devices: new credentials

# used-by-code: devices-credentials-*
devices-credentials-title = Nouveaux identifiants
devices-credentials-ask = Nouveaux identifiants pour la ligne { $port }
devices-credentials-ask-text = Ils sont destinés à { $user } et ne sont affichés qu’une fois. Saisissez-les dans le téléphone.
devices-credentials-old = Les anciens restent valables jusqu’à ce que le téléphone se soit enregistré avec les nouveaux, au plus 24 heures.
devices-credentials-make = Créer de nouveaux identifiants
devices-credentials-once = Vous ne reverrez pas ce mot de passe
devices-credentials-once-text = Saisissez-le dans le téléphone ou copiez-le maintenant. Il est conservé scellé et personne ne pourra le relire ; vous pourrez toujours en créer d’autres.
devices-credentials-line = Ligne { $port } de { $device }, { $user }
devices-credentials-username = Nom d’utilisateur
devices-credentials-password = Mot de passe
devices-credentials-domain = Domaine
devices-credentials-registrar = Serveur d’enregistrement
devices-credentials-copy = Copier : { $what }
devices-credentials-done = C’est noté

## Devices: removing one

devices-remove-title = Retirer { $device } ?
devices-remove-lines =
    { $count ->
        [one] { $count } ligne est retirée à son utilisateur.
       *[other] { $count } lignes sont retirées à leurs utilisateurs.
    }
devices-remove-no-lines = Aucune ligne n’est attribuée : personne ne perd de téléphone.
devices-remove-registrations = Ses enregistrements prennent fin aussitôt ; il ne peut plus ni appeler ni être appelé.
devices-remove-credentials = Ses identifiants ne fonctionnent plus.
devices-remove-users = Ses utilisateurs sont conservés et peuvent recevoir une autre ligne.
devices-remove-submit = Retirer l’appareil

## The timeline: what happened to a device. $port is 0 where no line is concerned.

# used-by-code: timeline-*
timeline-added =
    { $port ->
        [0] Ajouté à l’inventaire
       *[other] Ajouté à l’inventaire
    }
timeline-line_assigned =
    { $port ->
        [0] Une ligne a été attribuée
       *[other] Ligne { $port } attribuée
    }
timeline-line_unassigned =
    { $port ->
        [0] Une ligne a été retirée
       *[other] Ligne { $port } retirée à son utilisateur
    }
timeline-new_credentials =
    { $port ->
        [0] De nouveaux identifiants ont été créés
       *[other] Nouveaux identifiants pour la ligne { $port }
    }
timeline-registered =
    { $port ->
        [0] Enregistré
       *[other] Ligne { $port } enregistrée
    }
timeline-re_registered =
    { $port ->
        [0] Enregistré depuis une autre adresse
       *[other] Ligne { $port } enregistrée depuis une autre adresse
    }
timeline-restarted =
    { $port ->
        [0] Le téléphone a redémarré
       *[other] Le téléphone a redémarré (ligne { $port })
    }
timeline-withdrew =
    { $port ->
        [0] Le téléphone s’est retiré
       *[other] Le téléphone a retiré la ligne { $port }
    }
timeline-aged =
    { $port ->
        [0] Âgé : non renouvelé à temps
       *[other] Ligne { $port } âgée : non renouvelée à temps
    }
timeline-ended =
    { $port ->
        [0] Enregistrements interrompus par un administrateur
       *[other] Enregistrements de la ligne { $port } interrompus par un administrateur
    }
timeline-changed =
    { $port ->
        [0] Sa description a été modifiée
       *[other] Sa description a été modifiée
    }
timeline-reboot_requested = Redémarrage demandé
timeline-by = par { $user }
timeline-by-acting = par { $user } de { $party }, pour le compte de { $customer }
timeline-reboot_accepted = Le téléphone a accepté le redémarrage
timeline-reboot_refused = Le téléphone a refusé le redémarrage
timeline-reboot_no_answer = Le téléphone n’a pas répondu à la demande de redémarrage
timeline-reboot_not_possible = Le redémarrage n’était pas possible
timeline-went_away = Hors ligne pour son redémarrage
timeline-came_back = Il a redémarré et il est de retour
timeline-not_restarted = Il a accepté le redémarrage, mais n’a pas redémarré
timeline-not_back = Il n’est pas revenu de son redémarrage
timeline-reboot_superseded = Un redémarrage plus récent a pris la place d’un autre

## État de l’appareil : le téléphone est interrogé

check-ask = Interroger le téléphone
check-again = Vérifier de nouveau
check-asking = Le téléphone est interrogé…
check-known = ce que l’on sait en ce moment
check-checked = vérifié à
check-registered = Dernier enregistrement
check-until = Enregistré jusqu’au
check-contact = Adresse de contact
check-answer = Réponse au test
check-answered = a répondu en { $ms } ms (SIP { $code })
check-no_answer = sans réponse au test
check-no_path = injoignable : sa connexion est fermée
check-busy = pas interrogé : trop de tests sont en cours
check-not-asked = pas encore interrogé
check-no-contact = aucune
check-silent = Un téléphone sans réponse au test reste enregistré jusqu’à l’expiration de son enregistrement : il peut rester joignable.
check-gateway = « Enregistré » ne prouve pas qu’un poste est branché sur cette passerelle.
check-viewer = Votre rôle permet de lire cette page, pas d’interroger le téléphone.
check-unavailable = Trop de tests sont en cours. Réessayez dans un instant.
check-close = Fermer

## Rebooting a device

devices-action-reboot = Redémarrer l’appareil
reboot-title = Redémarrer { $device } ?
reboot-people = Jusqu’à son retour, ces personnes et ces numéros sont sans téléphone, appels d’urgence compris :
reboot-nobody = Aucune de ses lignes n’est attribuée : personne n’est privé de téléphone.
reboot-call = On ne peut pas savoir si un appel est en cours. S’il y en a un, il peut être coupé.
reboot-only = Seul cet appareil est sollicité ; les autres téléphones des mêmes personnes ne le sont pas.
reboot-conditional = Un téléphone de ce modèle peut accepter et, à bon droit, ne pas redémarrer : par exemple si sa configuration n’a pas changé, ou si ses réglages l’interdisent.
reboot-gateway = C’est une passerelle : tous les postes qui y sont branchés sont privés de service pendant ce temps.
reboot-critical = Cet appareil est marqué comme critique : ascenseur, alarme ou accueil.
reboot-unreachable = Il n’a aucun contact actif : il ne peut pas être sollicité pour l’instant.
reboot-progress-title = Redémarrage de { $device }
reboot-last = Dernier redémarrage
reboot-by = demandé par { $user }
reboot-phrase = Le téléphone a dit :
reboot-refresh = Afficher où il en est
reboot-again = Redémarrer de nouveau
# used-by-code: reboot-step-*
reboot-step-requested = Demandé
reboot-step-accepted = Accepté par le téléphone
reboot-step-down = Hors ligne
reboot-step-back = De retour
reboot-step-back-in = De retour en { $seconds } s
reboot-step-done = fait :
reboot-step-failed = échec :
# used-by-code: reboot-said-*
reboot-said-requested = Le redémarrage est demandé.
reboot-said-sent = Le téléphone a été sollicité ; il n’a pas encore répondu.
reboot-said-accepted = Le téléphone a accepté. Cela ne prouve rien encore : il doit maintenant se déconnecter, puis revenir.
reboot-said-down = Le téléphone est hors ligne. Il n’est pas encore de retour.
reboot-said-back = Le téléphone a redémarré ; il est de retour après { $seconds } s.
reboot-said-refused-not_supported = Le téléphone a refusé (SIP { $code }) : il ne connaît pas cette demande, ou elle y est désactivée.
reboot-said-refused-busy = Le téléphone a refusé (SIP { $code }) : pas maintenant, par exemple parce qu’un appel est en cours.
reboot-said-refused-bad_credentials = Le téléphone a refusé (SIP { $code }) : il demandait un mot de passe et n’a pas accepté celui de la ligne.
reboot-said-refused-stale = Le téléphone a refusé (SIP { $code }) : plus personne de ce nom à cette adresse de contact.
reboot-said-refused-other = Le téléphone a refusé (SIP { $code }).
reboot-said-no_answer = Le téléphone n’a pas répondu.
reboot-said-interrupted = Ce serveur a été redémarré avant que l’on sache ce que le téléphone a fait.
reboot-said-not_restarted = Le téléphone a accepté, mais n’a pas redémarré : il est resté présent tout le temps.
reboot-said-not_back = Le téléphone a accepté, mais n’est pas revenu.
reboot-said-not_possible-no_contact = Impossible : l’appareil n’a aucun contact actif.
reboot-said-not_possible-unknown_type = Impossible : on ne sait pas comment solliciter un appareil de ce type.
reboot-said-not_possible-no_path = Impossible : la connexion avec le téléphone est fermée.
reboot-said-not_possible-too_many = Impossible pour l’instant : trop de demandes sont en cours.
reboot-said-superseded = Un redémarrage plus récent du même appareil a pris sa place.
# used-by-code: reboot-next-*
reboot-next-requested = Rien n’est à faire pour l’instant.
reboot-next-sent = Patientez jusqu’à une demi-minute.
reboot-next-accepted = Patientez ; la page suit d’elle-même.
reboot-next-down = Patientez ; un téléphone met une à trois minutes, une base DECT jusqu’à cinq.
reboot-next-back = Il n’y a plus rien à faire.
reboot-next-refused-not_supported = Activez le redémarrage par SIP (« check-sync ») dans les réglages du téléphone, ou redémarrez-le à la main.
reboot-next-refused-busy = Réessayez plus tard.
reboot-next-refused-bad_credentials = Vérifiez que le téléphone a le mot de passe de sa ligne, ou désactivez l’authentification de NOTIFY dans ses réglages.
reboot-next-refused-stale = Attendez qu’il s’enregistre de nouveau, puis réessayez.
reboot-next-refused-other = Réessayez plus tard, ou redémarrez-le à la main.
reboot-next-no_answer = Vérifiez son alimentation et son réseau ; l’état de l’appareil montre s’il répond.
reboot-next-interrupted = Consultez l’état et l’historique de l’appareil ; s’il n’a pas redémarré, demandez-le de nouveau.
reboot-next-not_restarted = Certains modèles ne redémarrent que si leur configuration a changé, ou seulement hors appel. Vérifiez ses réglages, ou redémarrez-le à la main.
reboot-next-not_back = Allez voir sur place : alimentation, câble et prise réseau. Ses lignes sont sans téléphone.
reboot-next-not_possible-no_contact = Vérifiez son alimentation et son réseau. Dès qu’il s’enregistre, il peut être sollicité.
reboot-next-not_possible-unknown_type = Redémarrez-le à la main.
reboot-next-not_possible-no_path = Attendez qu’il s’enregistre de nouveau, puis réessayez.
reboot-next-not_possible-too_many = Réessayez dans un instant.
reboot-next-superseded = Consultez le plus récent.

## Files: what stands in the export of devices

csv-device-mac = Adresse MAC
csv-device-device_type = Type d’appareil
csv-device-lines_available = Lignes disponibles
csv-device-site = Site
csv-device-name = Nom
csv-device-status = État
csv-device-status_detail = Précision sur l’état
csv-device-status_since = Depuis
csv-device-lines_total = Lignes
csv-device-lines_registered = Lignes enregistrées
csv-device-assigned_to = Utilisateurs
csv-device-last_registered_at = Dernier enregistrement
csv-device-ip = Adresse IP
csv-device-user_agent = Agent utilisateur
csv-device-serial = Numéro de série
csv-device-inventory_id = N° d’inventaire
csv-device-note = Remarque
csv-device-customer = Client
csv-device-device_id = ID de l’appareil
csv-device-checked_at = Vérifié le
csv-zone = { $heading } ({ $zone })
csv-state-registered = enregistré
csv-state-aged = âgé
csv-state-unregistered = non enregistré
csv-detail-no_line = aucune ligne attribuée
csv-file-devices = appareils
csv-file-all-sites = tous
devices-export = Exporter
devices-export-all = Exporter tous les appareils
devices-export-shown = Exporter les résultats affichés
devices-export-all-columns = Exporter tous les appareils avec toutes les colonnes
devices-export-shown-columns = Exporter les résultats affichés avec toutes les colonnes

## When a page cannot be shown

problem-not_found-title = Cette page n’existe pas
problem-not_found-text = Elle a été retirée, son adresse n’est pas tout à fait juste, ou elle ne vous est pas ouverte.
problem-forbidden-title = Votre rôle ne le permet pas
problem-forbidden-text = Un administrateur de votre organisation peut le faire, ou vous en donner le droit.
problem-conflict-title = Ce n’est pas possible en l’état
problem-too_many-title = Trop de tentatives
problem-unavailable-title = Le service ne peut pas répondre pour l’instant
problem-internal-title = Une erreur s’est produite de notre côté
problem-internal-text = Ce n’est pas votre saisie qui est en cause. Réessayez ; si l’erreur persiste, indiquez le numéro ci-dessous à votre assistance.
problem-invalid-title = Cette adresse ne peut pas être lue
problem-request = Numéro de la requête
problem-back = Revenir aux appareils


# Page texts end here; what follows are errors by code, the audit log, the command line.

## Errors, by code. The same words stand in a page and in a problem document.
# used-by-code: error-*
error-invalid = Certaines valeurs ne conviennent pas : voir ce qui est dit de chaque champ.
error-not_found = Cet élément n’existe pas, ou vous n’y avez pas accès.
error-forbidden = Votre rôle ne le permet pas.
error-feature_disabled = { $why } { $who }
error-stale = Quelqu’un d’autre l’a modifié entre-temps. Regardez-le à nouveau, puis décidez.
error-unauthenticated = Vous n’êtes pas connecté, ou les identifiants sont faux.
error-too_many =
    { $seconds ->
        [one] Trop de tentatives. Réessayez dans { $seconds } seconde.
       *[other] Trop de tentatives. Réessayez dans { $seconds } secondes.
    }
error-unavailable =
    { $seconds ->
        [one] Le service ne peut pas répondre maintenant. Réessayez dans { $seconds } seconde.
       *[other] Le service ne peut pas répondre maintenant. Réessayez dans { $seconds } secondes.
    }
error-internal = Une erreur est survenue de notre côté. Le numéro de la requête aide à la trouver.
error-not_a_session = Un jeton n’est pas une session : il ne peut ni se déconnecter ni agir pour un client. Pour mettre fin à un jeton, retirez-le.

# About fields
error-required = Ce champ est obligatoire.
error-too_long = { $max } caractères au plus.
error-forbidden_character = Il contient un caractère de commande ou invisible. Tapez-le à nouveau au lieu de le coller.
error-unknown_value = « { $value } » n’est pas l’un des mots possibles ici.
error-mac_missing = L’adresse MAC manque. Elle est sur l’étiquette sous le téléphone : douze chiffres et lettres de A à F.
error-mac_malformed = « { $value } » n’est pas une adresse MAC. Elle a douze chiffres et lettres de A à F, par exemple 00:15:65:ab:cd:ef.
error-mac_spreadsheet_number = Un tableur a transformé cette adresse en nombre, « { $value } », et ses chiffres sont perdus. Tapez-la comme sur l’étiquette, dans une colonne au format texte.
error-mac_not_a_device = « { $value } » n’est l’adresse d’aucun téléphone : elle est vide ou désigne plusieurs appareils à la fois.
error-mac_not_for_type = Les appareils de ce type n’ont pas d’adresse MAC ici. Laissez ce champ vide.
error-mac_taken =
    { $where ->
        [here] { $mac } est déjà dans l’inventaire, sur le site { $site }.
       *[elsewhere] { $mac } est utilisée ailleurs.
    }
error-device_type_unknown = Il n’y a pas de type d’appareil « { $value } ».
error-device_type_not_approved = { $type } n’est pas approuvé sur le site { $site }. Votre fournisseur peut l’approuver.
error-type_not_approved_above = { $type } n’est pas approuvé au niveau supérieur et ne peut donc pas l’être ici.
error-line_taken =
    { $known ->
        [yes] Cette ligne appartient à { $user } (numéro interne { $extension }). Retirez-la-lui d’abord.
       *[no] Cette ligne appartient déjà à quelqu’un. Retirez-la d’abord.
    }
error-user_other_site = Cet utilisateur appartient à un autre site que l’appareil.
error-algorithm_unknown = « { $value } » n’est pas un algorithme connu : MD5 ou SHA-256.
error-extension_malformed = Un numéro interne a de 1 à 15 chiffres et rien d’autre.
error-extension_taken = Le numéro interne { $value } est déjà utilisé sur ce site.
error-number_malformed = Un numéro commence par + et le pays, par exemple +33 4 78 00 00 00.
error-email_malformed = Ce n’est pas une adresse électronique.
error-language_unknown = Les langues sont en et fr.
error-time_zone_unknown = Ce fuseau horaire n’existe pas. Il ressemble à Europe/Paris.
error-time_malformed = Une heure s’écrit comme 2026-11-23T09:02:00Z.
error-expires_in_the_past = Ce moment est passé.
error-site_name_taken = Le client a déjà un site de ce nom.
error-not_a_customer = Choisissez un client : cette partie n’en est pas un.
error-site_not_empty = Le site n’est pas vide (appareils : { $devices }, utilisateurs : { $users }). Déplacez-les ou retirez-les d’abord.
error-party_kind_unknown = Une partie est un fournisseur, un opérateur ou un client.
error-kind_not_below_parent = Une partie de ce genre ne peut pas se trouver sous celle-là.
error-sip_domain_malformed = Un domaine SIP est un nom d’hôte, par exemple sip.example.net.
error-sip_domain_taken = Ce domaine SIP est déjà utilisé.
error-sip_domain_missing = Aucune partie supérieure n’a de domaine SIP.
error-sip_domain_not_for_operator = Un opérateur n’a pas de domaine SIP à lui : les fournisseurs et les clients en ont.
error-username_malformed = Un nom d’utilisateur a au moins deux lettres, chiffres ou caractères . _ - @ +
error-username_taken = Ce nom d’utilisateur est déjà utilisé.
error-password_too_short = Un mot de passe a au moins { $min } caractères. Plusieurs mots se retiennent mieux que des signes.
error-wait_out_of_range = Des secondes entières, de 0 à { $max }.
error-limit_out_of_range = De 1 à { $max }.
error-cursor_malformed = Ce curseur n’a pas été fait ici : prenez next de la page précédente.
error-cursor_of_another_list = Cette suite appartient à une autre liste : gardez les mêmes filtres et le même tri, ou recommencez à la première page.
error-too_many_words = { $max } mots au plus.

# About exports
error-column_unknown = Il n’y a pas de colonne « { $value } ».
error-column_twice = La colonne « { $value } » est nommée plusieurs fois.

# About requests that are not read at all
error-malformed_request = La requête est illisible.
error-malformed_body = Le corps n’est pas du JSON : ligne { $line }, colonne { $column }.
error-body_not_an_object = Le corps est du JSON, mais pas un objet.
error-body_too_large = Le corps est trop grand.
error-body_too_slow = Le corps n’est pas arrivé à temps.
error-unsupported_media_type = Le corps doit être du JSON, et l’en-tête Content-Type doit le dire.
error-method_not_allowed = Cette adresse ne connaît pas cette méthode. L’en-tête Allow nomme celles qu’elle connaît.
error-wrong_type = Ce n’est pas du bon type : { $expected }.
error-unknown_field = Ce champ n’existe pas.
error-unknown_parameter = Ce paramètre n’existe pas.
error-duplicate_parameter = Ce paramètre est donné plusieurs fois.
error-cross_site = Cette requête venait d’un autre site et a été refusée. Si c’est votre portail, son adresse publique est mal réglée.
error-idempotency_key_malformed = Une clé d’idempotence a de 1 à 128 caractères ASCII visibles.
error-idempotency_key_reused = Cette clé d’idempotence a servi pour une autre requête.
error-idempotency_underway = La première requête avec cette clé d’idempotence n’a pas encore de réponse.
error-idempotency_secret = Cela a déjà été fait. La réponse contenait un secret, qui n’est montré qu’une fois.

## Doubts that do not stop the adding of a device
# used-by-code: warning-*
warning-W01 = Le début de { $mac } appartient à { $maker }, qui ne fabrique pas le { $type }.
warning-W02 = { $mac } a été attribuée par un logiciel, et non par un fabricant : est-ce bien l’adresse d’un téléphone ?

## Features that one party switches for those below
# used-by-code: feature-*
feature-line_state_export = Exportation des états de ligne
feature-device_import = Importation d’appareils
feature-device_reboot = Redémarrage d’appareils
feature-api_tokens = Jetons d’API
feature-provisioning = Configuration des téléphones

## The page about the API

# used-by-code: api_docs-*
nav-api_docs = API
api_docs-title = Référence de l’API
api_docs-lead = Tout ce que ces pages montrent et font, un programme peut le demander aussi. Cette page est tirée du document OpenAPI de ce portail, version { $version }.
api_docs-in-english = Les opérations et les champs y sont décrits en anglais.
api_docs-document = Document OpenAPI (JSON)
api_docs-contents = Sommaire
api_docs-conventions = Ce qui vaut pour tout
api_docs-objects = Objets
api_docs-objects-text = Ce que plusieurs opérations envoient ou renvoient.
api_docs-one-of = Au choix :
api_docs-link = Lien vers
api_docs-access-open = Sans connexion.
api_docs-access-session = Avec une session seulement.
api_docs-access-any = Avec une session ou un jeton.
api_docs-parameters = Paramètres
api_docs-body = Corps
api_docs-call = Comment l’appeler
api_docs-answer = Réponse
api_docs-refusals = Refus et leurs codes
api_docs-example = Exemple
api_docs-name = Nom
api_docs-type = Type
api_docs-meaning = Signification
api_docs-required = obligatoire
api_docs-in-path = dans le chemin
api_docs-in-query = dans la requête
api_docs-in-header = en-tête
api_docs-asking = Qui demande
api_docs-asking-text =
    Un programme envoie un jeton, `Bearer tnl_…` dans l’en-tête `Authorization`. Le jeton agit pour l’utilisateur du portail qui l’a créé, avec au plus son rôle, jusqu’à son expiration ou son retrait. Un navigateur se connecte par `POST /api/v1/session` et garde un cookie ; la session prend fin après 30 minutes sans usage, et après 12 heures dans tous les cas.

    Une modification qu’un navigateur envoie pour un autre site est refusée par 403 `cross_site`.
api_docs-visible = Ce que l’on voit
api_docs-visible-text =
    Un compte voit son entité et tout ce qui en dépend. À ce qui est à d’autres, la réponse est la même qu’à ce qui n’existe pas : 404 `not_found` si l’identifiant est dans le chemin ou la requête, 422 à son champ s’il est dans le corps. Si le rôle ne suffit pas, la réponse est 403 `forbidden` ; si une fonction est désactivée, 403 `feature_disabled`.

    Les rôles sont `viewer`, `support`, `manager` et `admin` ; chacun peut ce que peut le précédent.
api_docs-values = Requêtes, identifiants et heures
api_docs-values-text =
    Requêtes et réponses sont en JSON, en UTF-8, sauf si l’opération dit autre chose. Une réponse peut gagner des champs : ignorez ceux que vous ne connaissez pas. Un champ ou un paramètre inconnu dans une requête est une erreur.

    Un identifiant est un UUID, à prendre tel quel. Une heure suit la RFC 3339, en UTC : `2026-11-23T09:02:00.000Z`. Une adresse MAC est lue dans toutes les notations usuelles et rendue en douze chiffres hexadécimaux minuscules.
api_docs-errors = Erreurs
api_docs-errors-text =
    Une erreur est en `application/problem+json` (RFC 9457). `code` est stable et fait pour les programmes ; `detail` et `message` sont pour les personnes, en anglais ou en français selon `Accept-Language`. `errors` nomme d’un coup tous les champs erronés.

    Citez `request_id`, qui est aussi dans l’en-tête `x-request-id`, quand vous signalez un problème : il retrouve les lignes du journal.
api_docs-lists = Listes
api_docs-lists-text =
    Une page a 50 lignes si rien n’est dit, 200 au plus (`limit`). Passez `next` comme `after`, avec le même filtre et le même tri, pour la page suivante ; `null` veut dire que c’était la dernière. Les curseurs sont opaques.
api_docs-changes = Modifications
api_docs-changes-text =
    `PATCH` modifie ce qui est nommé et garde le reste ; `null` efface un texte. Ce que des personnes modifient porte une `version`, qui est aussi son `ETag` : renvoyez-la comme `If-Match`, et la réponse est 412 `stale` si quelqu’un a été plus rapide. Sans `If-Match`, le dernier l’emporte.
api_docs-again = Demander deux fois
api_docs-again-text =
    Un `POST` peut porter `Idempotency-Key` : jusqu’à 128 caractères visibles de votre choix. La même requête avec la même clé, dans la journée, n’est pas exécutée à nouveau : elle reçoit la première réponse, avec l’en-tête `Idempotent-Replayed`. Un secret n’est jamais conservé, et n’est donc jamais rendu deux fois.
api_docs-events = Événements
api_docs-events-text =
    `GET /api/v1/events` est un flux d’événements (server-sent events) de ce que vous voyez. Après une coupure, envoyez l’identifiant du dernier événement comme `Last-Event-ID`. Quand le flux dit `reset`, relisez les listes.

## Help

nav-help = Aide
help-title = Aide
help-lead = Un article par tâche, avec les mots de ces pages.
help-group-start = Pour commencer
help-group-phones = Les téléphones au quotidien
help-group-inventory = L’inventaire
help-group-administration = Administration
help-all = Tous les articles
help-contents = Dans cet article
help-near = Sur le même sujet
help-about = Aide : { $title }
help-new-tab = (dans un nouvel onglet)
help-state = En savoir plus sur « { $state } »
## What is switched off says who can switch it on
feature_off-switched = La fonction « { $feature } » est désactivée pour { $party }.
feature_off-never = La fonction « { $feature } » n’a pas été activée pour { $party }.
feature_off-missing = La fonction « { $feature } » n’existe pas encore.
feature_off-who = Les administrateurs de { $who } peuvent l’activer.
feature_off-platform = Le responsable de cette installation peut l’activer.
feature_off-contact = { $party } : { $reached }
feature_off-manage = Ouvrir dans Party Manager
error-feature_missing = Cette fonction n’existe pas encore et ne peut pas être activée.

## Party Manager: what is set for the parties below, by those above

# used-by-code: party-kind-*
# used-by-code: party-about-*
party-title = Party Manager
party-intro = Fonctions et appareils approuvés des parties qui dépendent de la vôtre.
party-own = La vôtre : { $party }
party-search = Rechercher
party-search-hint = Nom d’une partie
party-find = Rechercher
party-kind = Niveau
party-all-kinds = Tous les niveaux
party-kind-platform = Plateforme
party-kind-provider = Fournisseur
party-kind-operator = Opérateur
party-kind-customer = Client
party-only-below = Seulement ce qui dépend de { $party }
party-name = Nom
party-place = Dépend de
party-set-here = Défini ici
party-set-nothing = rien
party-set = { $feature } : { $state }
party-on = activé
party-off = désactivé
party-none = Il n’y a aucune partie ici.
party-unfound = Rien ne correspond à « { $searched } »
party-show-all = Voir toutes les parties
party-below = Parties dépendantes
party-back = Revenir sans enregistrer
party-the-platform = la plateforme
party-the-catalogue = le catalogue
party-features = Fonctions
party-set-by = Défini par les administrateurs de { $party }.
party-set-by-nobody = Rien n’est au-dessus de la plateforme : les valeurs par défaut s’appliquent.
party-about-line_state_export = Exporter l’état de l’appareil, sur la page États des lignes, et dans l’API.
party-about-device_import = Ajouter de nombreux appareils d’un coup depuis un fichier .csv.
party-about-device_reboot = Redémarrer l’appareil, et dans l’API.
party-about-api_tokens = Les programmes se connectent avec un jeton. Une fois la fonction désactivée, les jetons existants ne fonctionnent plus.
party-state-on = Activé
party-state-off = Désactivé
party-choice-inherit = Hérité ({ $state }, de { $party })
party-choice-default = Hérité ({ $state }, par défaut)
party-choice-on = Activé
party-choice-off = Désactivé
party-why-default-on = Par défaut : personne ne l’a défini.
party-why-default-off = Par défaut : personne ne l’a activé.
party-why-on-here = Activé ici.
party-why-off-here = Désactivé ici, et donc pour tout ce qui en dépend.
party-why-on-above = Hérité de { $party }.
party-why-off-above = Désactivé pour { $party } : rien de ce qui en dépend ne peut l’activer.
party-save = Enregistrer
party-saved-features = Les fonctions sont enregistrées. Elles s’appliquent dès maintenant, aussi sur les pages ouvertes.
party-saved-types = Les appareils approuvés sont enregistrés.
party-saved-contact = Le contact est enregistré.
party-sites = Sites
party-sites-about = Chacun peut avoir sa propre liste.
party-no-sites = Aucun site pour l’instant.
party-more-sites = Autres sites
party-types = Appareils approuvés
party-types-of =
    { $count ->
        [one] { $count } type d’appareil sur { $total }
       *[other] { $count } types d’appareil sur { $total }
    }
party-types-own-list = Une liste propre.
party-types-from = Hérité de { $party }.
party-types-catalogue = Aucune liste jusqu’à la plateforme : tout le catalogue.
party-types-inherited = Hérité
party-types-own-count =
    { $count ->
        [one] { $count } type d’appareil propre
       *[other] { $count } types d’appareil propres
    }
party-types-change = Modifier
party-types-change-for = Modifier les appareils approuvés de { $name }
party-types-intro = Seuls ces types pourront désormais être ajoutés. Les appareils existants restent tels quels.
party-types-whose = Liste qui s’applique
party-types-inherit =
    { $count ->
        [one] Hériter de { $party } ({ $count } type d’appareil), y compris ce qui y sera ajouté plus tard
       *[other] Hériter de { $party } ({ $count } types d’appareil), y compris ce qui y sera ajouté plus tard
    }
party-types-own = Une liste propre, choisie ci-dessous
party-types-search = Chercher un type d’appareil
party-types-unfound = Aucun type d’appareil ne porte ce nom.
party-types-count = Choisis : { $chosen } sur { $total }
party-types-all = Tous
party-types-none = Aucun
party-types-all-shown = Choisir tout ce qui est affiché
party-types-none-shown = Ne rien choisir de ce qui est affiché
party-types-all-of = Tous ceux de { $maker }
party-types-none-of = Aucun de { $maker }
party-types-required = Choisissez au moins un type d’appareil, ou héritez de la liste supérieure.
party-types-changed = Certains des types choisis ne sont plus approuvés au-dessus. Ils ne sont plus choisis : vérifiez, puis enregistrez.
party-taken-title = Retirer ces types d’appareil ?
party-taken-type =
    { $count ->
        [0] { $type } : aucun appareil
        [one] { $type } : { $count } appareil
       *[other] { $type } : { $count } appareils
    }
party-taken-devices =
    { $count ->
        [0] Aucun appareil existant n’est de ces types.
        [one] { $count } appareil existant est de ces types. Il reste tel quel.
       *[other] { $count } appareils existants sont de ces types. Ils restent tels quels.
    }
party-taken-no-more = Aucun autre appareil de ces types ne pourra être ajouté.
party-taken-below = Les listes inférieures qui contiennent ces types les perdent.
party-taken-back = Modifier le choix
party-taken-submit = Retirer
party-contact = Contact
party-contact-label = Comment vous joindre
party-contact-hint = Un numéro de téléphone, une adresse e-mail ou une adresse web. Il est affiché là où il est dit de s’adresser à vous.
party-contact-save = Enregistrer le contact
party-contact-none = Aucun n’est défini.
devices-new-approve = Approuver des types d’appareil pour ce site
# DECT systems
# used-by-code: state-*
# used-by-code: explain-*
# used-by-code: dect-reboot-said-*
# used-by-code: dect-source-*
# used-by-code: dect-base-*
state-secondary_base = Base secondaire
explain-secondary_base = Cette base appartient à un système DECT avec d’autres bases et n’a pas de ligne à elle. Les lignes appartiennent aux combinés : elle n’a rien à enregistrer. Ce n’est pas une panne.
explain-secondary_base-next = Ce sont les bases qui ont des lignes qui montrent si le système fonctionne.
dect-secondary = de { $system } : les lignes appartiennent aux combinés
csv-device-dect_chain_id = ID de la station multicellulaire
dect-title = Systèmes DECT
dect-system = Système DECT
dect-chain = ID de la station multicellulaire
dect-chain-copy = Copier l’ID de la station multicellulaire
dect-chain-hint = De 1 à 10 chiffres, comme dans les réglages des bases de ce système. Laissez vide si vous ne le connaissez pas.
dect-chain-default = valeur d’usine, non unique
dect-chain-default-hint = Chaque base sort d’usine avec 512. Deux systèmes à portée l’un de l’autre ne doivent pas l’avoir tous les deux.
dect-source-entered = saisi
dect-source-not_set = non défini
dect-new = Nouveau système DECT
dect-new-submit = Créer
dect-new-none = Il n’y a aucune base DECT ici. Ajoutez-en une d’abord.
dect-new-where = Ouvrez une base DECT du client et créez le système à partir de là.
dect-hint = Des bases d’un même client qui se transmettent les appels. Elles peuvent se trouver dans plusieurs bâtiments.
dect-name = Nom
dect-customer = Client
dect-bases = Bases
dect-bases-none = Ce système n’a aucune base.
dect-bases-count =
    { $count ->
        [one] { $count } base
       *[other] { $count } bases
    }
dect-bases-elsewhere =
    { $count ->
        [one] { $count } autre base se trouve sur un site que vous ne voyez pas.
       *[other] { $count } autres bases se trouvent sur des sites que vous ne voyez pas.
    }
dect-bases-choose = Bases de ce système
dect-bases-moves = actuellement dans { $system }
dect-base = Base
dect-site = Site
dect-edit = Modifier
dect-edit-title = Modifier le système DECT
dect-save = Enregistrer
dect-add = Ajouter une base
dect-add-choose = Choisissez une base
dect-add-none = Toutes les bases DECT de ce client que vous voyez sont dans ce système.
dect-add-submit = Ajouter
dect-remove-base = Sortir
dect-remove-base-named = Sortir { $device } du système
dect-remove-base-title = Sortir { $device } de { $system } ?
dect-remove-base-stays = La base reste dans l’inventaire, avec ses lignes.
dect-remove-base-system = Le système reste, même s’il n’a plus aucune base.
dect-remove-base-phone = Rien ne change dans la base elle-même : ses réglages désignent toujours le système.
dect-delete = Supprimer le système
dect-delete-title = Supprimer { $system } ?
dect-delete-bases = Ses bases restent dans l’inventaire, chacune pour soi.
dect-delete-chain = Son nom et son ID de la station multicellulaire sont perdus.
dect-empty-title = Pas encore de système DECT
dect-empty-text = Un système DECT regroupe les bases qui se transmettent les appels. Ouvrez une base DECT pour en créer un.
dect-end-title = Plus aucun système
dect-first = Première page
dect-next = Page suivante
dect-back = Systèmes DECT
dect-section = DECT
dect-alone = Cette base n’est dans aucun système DECT.
dect-others = Autres bases
dect-others-none = aucune
dect-others-more = et { $count } de plus
dect-create-here = Créer un système DECT avec cette base
dect-all = Tous les systèmes DECT
dect-stale = Quelqu’un a modifié le système entre-temps. Regardez où il en est, puis enregistrez de nouveau.
dect-reboot = Redémarrer le système
dect-reboot-title = Redémarrer { $system } ?
dect-reboot-one = Ses bases redémarrent l’une après l’autre : la suivante seulement quand la précédente est revenue. Une base met jusqu’à cinq minutes.
dect-reboot-stops = Tout s’arrête dès qu’une base ne revient pas.
dect-reboot-calls = Les appels passant par une base qui redémarre sont coupés, appels d’urgence compris. On ne peut pas savoir si un appel est en cours.
dect-reboot-critical =
    { $count ->
        [one] { $count } base est marquée comme critique et laissée de côté. Redémarrez-la à part.
       *[other] { $count } bases sont marquées comme critiques et laissées de côté. Redémarrez-les à part.
    }
dect-reboot-unreachable = Une base sans contact actif ne peut pas être sollicitée ; elle est sautée.
dect-reboot-progress = Redémarrage de { $system }
dect-reboot-last = Dernier redémarrage du système
dect-reboot-said-running = Les bases redémarrent l’une après l’autre.
dect-reboot-said-done = Chaque base a eu son tour.
dect-reboot-said-not_back = Arrêté : une base n’est pas revenue. Les autres n’ont pas été touchées.
dect-reboot-said-no_answer = Arrêté : une base n’a pas répondu, et l’on ne sait pas si elle redémarre. Les autres n’ont pas été touchées.
dect-reboot-said-superseded = Arrêté : quelqu’un a redémarré une base entre-temps.
dect-reboot-said-interrupted = Arrêté : ce serveur a été redémarré avant la fin. Regardez chaque base, puis recommencez.
dect-reboot-said-refused = Arrêté : la base suivante ne peut plus être redémarrée, ou le redémarrage a été désactivé.
dect-base-waiting = attend son tour
dect-base-left_alone = pas touchée
dect-base-requested = demandé
dect-base-sent = sollicitée
dect-base-accepted = a accepté ; redémarre
dect-base-down = hors ligne
dect-base-back = de retour
dect-base-refused = a refusé
dect-base-no_answer = sans réponse
dect-base-not_restarted = n’a pas redémarré
dect-base-not_back = n’est pas revenue
dect-base-not_possible = impossible
dect-base-superseded = redémarrée par quelqu’un d’autre
error-chain_id_malformed = « { $value } » n’est pas un ID de station multicellulaire : de 1 à 10 chiffres.
error-chain_id_taken = L’ID { $chain_id } est celui du système « { $system } » du même client.
error-not_a_dect_base = { $device } n’est pas une base DECT.
error-dect_base_of_another_customer = { $device } appartient à un autre client.
error-dect_system_full = Un système DECT a au plus { $max } bases.
error-dect_system_without_bases = Aucune base de ce système ne peut être sollicitée : il n’en a pas, ou toutes sont marquées comme critiques.
error-dect_reboot_underway = Un redémarrage de ce système est déjà en cours.
# Les états des lignes en fichier
# used-by-code: csv-line-* csv-endpoint-* csv-answer-*
csv-line-customer = Client
csv-line-site = Site
csv-line-mac = Adresse MAC
csv-line-device_name = Nom de l’appareil
csv-line-device_type = Type d’appareil
csv-line-port = Port
csv-line-line_port = Adresse SIP
csv-line-primary = Principale
csv-line-endpoint = Genre de port
csv-line-label = Utilisateur
csv-line-extension = Poste
csv-line-phone_number = Numéro
csv-line-state = État
csv-line-state_detail = Précision sur l’état
csv-line-state_since = Depuis
csv-line-registered_at = Dernier renouvellement
csv-line-expires_at = Expiration
csv-line-bindings = Contacts
csv-line-contact_ip = Adresse du contact
csv-line-contact_port = Port du contact
csv-line-transport = Transport
csv-line-user_agent = Agent utilisateur
csv-line-dect_chain_id = ID de la station multicellulaire
csv-line-checked_at = Vérifié le
csv-endpoint-primary = principale
csv-endpoint-shared = partagée
csv-endpoint-ata = adaptateur analogique
csv-endpoint-dect = combiné DECT
csv-answer-true = oui
csv-answer-false = non
csv-file-lines = lignes

## L’exportation des états des lignes : pourquoi il n’y en a pas, où elle en est, sa place sur la page
# used-by-code: export-said-*
error-customer_needed = Les états des lignes s’exportent pour un client : indiquez lequel.
error-export_parallel =
    { $seconds ->
        [one] Deux de vos exportations sont déjà en cours. Réessayez dans { $seconds } seconde.
       *[other] Deux de vos exportations sont déjà en cours. Réessayez dans { $seconds } secondes.
    }
error-export_window =
    { $seconds ->
        [one] Vous, ou quelqu’un pour ce client, venez de lancer une exportation. Réessayez dans { $seconds } seconde.
       *[other] Vous, ou quelqu’un pour ce client, venez de lancer une exportation. Réessayez dans { $seconds } secondes.
    }
error-export_customer_waits =
    { $seconds ->
        [one] Une autre exportation de ce client attend déjà dans la file. Réessayez dans { $seconds } seconde.
       *[other] Une autre exportation de ce client attend déjà dans la file. Réessayez dans { $seconds } secondes.
    }
error-export_queue_full =
    { $seconds ->
        [one] Trop d’exportations attendent. Réessayez dans { $seconds } seconde.
       *[other] Trop d’exportations attendent. Réessayez dans { $seconds } secondes.
    }
error-export_timed_out = L’exportation a attendu trop longtemps dans la file et a été abandonnée. Réessayez plus tard.
error-export_not_ready = Cette exportation n’a pas de fichier, ou pas encore.
export-said-delayed =
    { $seconds ->
        [one] Une autre de vos exportations est en cours : celle-ci reprend dans { $seconds } seconde.
       *[other] Une autre de vos exportations est en cours : celle-ci reprend dans { $seconds } secondes.
    }
export-said-queued =
    { $place ->
        [1] Première dans la file d’attente.
        [2] Deuxième dans la file d’attente.
        [3] Troisième dans la file d’attente.
       *[other] Numéro { $place } dans la file d’attente.
    }
export-said-running = Les états sont en cours de lecture.
export-said-ready = Le fichier est prêt.
export-said-failed = L’exportation a échoué de notre côté. Rien n’a été téléchargé.
export-said-shared-waiting = Une autre demande pour les mêmes lignes attend avec elle.
export-said-shared =
    { $seconds ->
        [0] Partagée avec une exportation qui vient de commencer.
        [one] Partagée avec une exportation d’il y a { $seconds } seconde.
       *[other] Partagée avec une exportation d’il y a { $seconds } secondes.
    }
export-said-shared-with =
    { $seconds ->
        [0] Partagée avec une exportation que { $name } vient de lancer.
        [one] Partagée avec une exportation d’il y a { $seconds } seconde, demandée par { $name }.
       *[other] Partagée avec une exportation d’il y a { $seconds } secondes, demandée par { $name }.
    }
export-button = Exporter l’état de l’appareil
export-button-hint = Toutes les lignes de ce filtre, en fichier CSV
export-no-customer = Choisissez un client pour exporter ses états des lignes.
export-follow-asking = L’exportation est demandée.
export-follow-download = Télécharger le fichier
export-follow-until = Le fichier est gardé cinq minutes.
export-follow-again = Réessayer
export-follow-countdown = Nouvel essai automatique dans { $seconds } s.
export-follow-lost = La connexion est perdue. L’exportation continue ; cette page regarde à nouveau.
export-follow-gone = Cette exportation n’est plus en mémoire.
export-follow-status = Code HTTP { $status }
export-follow-failure = Numéro de l’échec : { $id }
export-again-title = L’exportation n’a pas eu lieu
export-party = Client dont les états des lignes sont exportés
export-list = Vos exportations
export-follow-unsent = L’exportation n’a pas pu être demandée. Réessayez.
export-again-back = Revenir aux états des lignes
# La page des états des lignes
# used-by-code: line_states-column-*
line_states-title = États des lignes
line_states-port = Port
line_states-user = Utilisateur
line_states-extension = Poste, numéro
line_states-state = État
line_states-since = Depuis
line_states-renewed = Dernier renouvellement
line_states-expires = Expiration
line_states-column-customer = Client
line_states-column-address = Adresse
line_states-column-agent = Agent utilisateur
line_states-more-contacts =
    { $count ->
        [one] et { $count } autre
       *[other] et { $count } autres
    }
## Imports: what is wrong with a file or a row of it, by code

import-F01 = Le fichier est vide.
import-F02 = Le fichier fait { $size } ; la limite est de 200 Mio.
import-F03 = L’encodage du texte n’est pas reconnu. Enregistrez au format « CSV UTF-8 ».
import-F04 = C’est un fichier { $kind }, pas un CSV. Dans Excel : Fichier > Enregistrer sous > CSV UTF-8.
import-F05 = Il manque la colonne « { $header } ». Trouvées : { $list }.
import-F06 = La colonne « { $header } » figure deux fois.
import-F07 = Un guillemet ouvert à la ligne { $n } n’est jamais fermé.
import-F08 = { $n } lignes ; la limite est de { $max }. Scindez le fichier.
import-F09 = { $n } colonnes ; la limite est de 64.
import-F10 = Ce classeur dépasse { $max } une fois décompressé. Enregistrez-le au format « CSV UTF-8 ».
import-R01 = L’adresse MAC est absente.
import-R02 = « { $value } » n’est pas une adresse MAC : 12 chiffres 0-9, A-F sont attendus.
import-R03 = { $mac } ne peut pas être celle d’un appareil (nulle, diffusion ou multidiffusion).
import-R04 = Le tableur a transformé cette adresse en nombre (« { $value } ») ; elle est perdue. Écrivez-la avec des deux-points.
import-R05 = « { $value } » n’a que { $n ->
        [one] { $n } chiffre
       *[other] { $n } chiffres
    } : le tableur semble avoir supprimé les zéros de tête. Vouliez-vous dire { $suggestion } ?
import-R05-bare = « { $value } » n’a que { $n ->
        [one] { $n } chiffre
       *[other] { $n } chiffres
    } : le tableur semble avoir supprimé les zéros de tête.
import-R06 = { $mac } figure déjà à la ligne { $n } de ce fichier.
import-R07 = { $mac } n’est pas disponible : elle est déclarée ailleurs, hors de votre périmètre. Demandez sa libération.
import-R08 = { $mac } existe déjà avec d’autres valeurs ({ $fields }). Choisissez « ajouter et mettre à jour » pour la modifier.
import-R09 = Le type d’appareil est absent.
import-R10 = Le type d’appareil « { $value } » est inconnu. Le plus proche : { $suggestion }.
import-R10-bare = Le type d’appareil « { $value } » est inconnu.
import-R11 = Le type « { $type } » n’est pas approuvé pour le site « { $site } ».
import-R12 = Le site est absent.
import-R13 = Le site « { $value } » n’existe pas ou n’est pas dans votre périmètre.
import-R14 = « { $value } » correspond à plusieurs { $of ->
        [types] types
       *[sites] sites
    } : { $list }. Utilisez le code.
import-R15 = Le type ne peut pas passer de { $a } à { $b } : { $n ->
        [one] { $n } ligne est attribuée
       *[other] { $n } lignes sont attribuées
    }.
import-R16 = Le site ne peut pas changer : { $n ->
        [one] { $n } ligne est attribuée
       *[other] { $n } lignes sont attribuées
    } sur « { $site } ».
import-R17 = « { $field } » compte { $n } caractères ; la limite est de { $max }.
import-R18 = « { $field } » contient un caractère interdit ({ $code }).
import-R19 = Le numéro de série « { $value } » est déjà celui de { $mac }.
import-R20 = La limite de { $max } appareils pour { $scope } est atteinte.
import-R21 = La ligne a { $n } cellules, l’en-tête { $m }. Mettez entre guillemets les valeurs contenant « { $sep } ».
import-R22 = Modifié par { $who } depuis la vérification. Relancez la vérification.
import-R23 = Le type « { $type } » n’a pas d’adresse MAC.
import-R24 = Le type « { $type } » n’a pas d’adresse MAC : donnez un nom encore libre sur ce site.
import-R26 = Le système DECT de cette base aurait plus de { $max } bases.
import-R25 = « { $value } » n’est pas un ID de station multicellulaire (1 à 10 chiffres), ou le type « { $type } » n’est pas une base DECT.
import-W01 = Le préfixe de { $mac } est celui de { $maker }, or le type est { $type }.
import-W02 = { $mac } est administrée localement (ce n’est pas une adresse de fabricant).
import-N01 = Colonnes ignorées : { $list }.
import-N02 = Colonnes en lecture seule ignorées : { $list }.
import-N03 = Lu en Windows-1252. Vérifiez les accents des noms ci-dessous.
import-kind-xls = Excel (.xls)
import-kind-xlsx = Excel (.xlsx)
import-kind-ods = LibreOffice (.ods)
import-kind-zip = ZIP
import-kind-pdf = PDF
import-mebibytes = { $number } Mio
import-separator-tab = tabulation
import-chain-id = ID de la station multicellulaire

## Import of devices

imports-menu = Importer
imports-menu-template = Télécharger le modèle .CSV
imports-menu-instructions = Instructions
imports-menu-upload = Télécharger le fichier .CSV
imports-menu-past = Importations passées

imports-new-title = Télécharger le fichier .CSV
imports-new-for = pour { $customer }
imports-new-other = Un autre client
imports-new-lead = Chaque ligne est d’abord vérifiée. Si une seule est à corriger, rien n’est ajouté sans votre accord.
imports-new-options = Ce qu’il faut faire
imports-mode-add = Ajouter
imports-mode-add-hint = Un appareil déjà présent avec d’autres valeurs est une ligne à corriger.
imports-mode-add_and_update = Ajouter et mettre à jour
imports-mode-add_and_update-hint = Les appareils déjà présents prennent les valeurs du fichier. Une cellule vide ne change rien.
imports-new-at-once = Ajouter aussitôt si toutes les lignes sont bonnes
imports-new-site = Toutes les lignes sont du site
imports-new-site-none = Le fichier dit le site de chaque ligne
imports-new-file = Fichier
imports-new-file-hint = .csv, .txt ou .xlsx, au plus 200 Mio et 1 000 000 lignes.
imports-new-drop = Déposez le fichier ici ou choisissez-le
imports-new-dropped = { $name } est choisi.
imports-new-submit = Envoyer et vérifier
imports-new-sending = { $percent } % du fichier est envoyé.
imports-new-sent = Le fichier est envoyé.
imports-new-broken = La connexion a été coupée. Rien n’a été ajouté. Réessayez.
imports-new-file-missing = Choisissez d’abord un fichier.
imports-new-file-many = Un seul fichier à la fois.
imports-new-paste-title = Saisir ou scanner des adresses MAC
imports-new-paste-hint = Une adresse par ligne. Un lecteur de codes-barres termine chacune par Entrée de lui-même.
imports-new-paste = Adresses MAC
imports-new-paste-type = Appareil
imports-new-paste-site = Site
imports-new-paste-choose-type = Choisissez un appareil
imports-new-paste-choose-site = Choisissez un site
imports-new-paste-submit = Vérifier les adresses
imports-new-no-site-title = Aucun site pour le moment
imports-new-no-site-text = Un appareil appartient à un site. Le premier site se crée par l’API.
imports-pasted = liste saisie
imports-unnamed = fichier sans nom

imports-customer-title = Pour quel client ?
imports-customer-lead = Les appareils sont importés dans les sites d’un client.
imports-customer-search = Client
imports-customer-find = Rechercher
imports-customer-none = Aucun client n’a cela dans son nom.
imports-customer-more = Il y en a d’autres. Saisissez une partie du nom.

imports-progress-reading = Vérification du fichier
imports-progress-applying = Ajout des appareils
imports-progress-bytes = { $read } lus sur { $all }
imports-progress-rows =
    { $count ->
        [one] { $count } ligne vérifiée
       *[other] { $count } lignes vérifiées
    }
imports-progress-wrong =
    { $count ->
        [one] { $count } à corriger
       *[other] { $count } à corriger
    }
imports-progress-waits = Attend la fin d’une autre importation de ce client.
imports-progress-leave = Vous pouvez quitter cette page : le portail vous dira quand c’est terminé.
imports-progress-all-or-nothing = Tous les appareils sont ajoutés ensemble, ou aucun.
imports-progress-bar = Part du fichier déjà lue
imports-cancel = Annuler l’importation

imports-results-title = Résultat de la vérification
imports-applied-title = Importation terminée
imports-failed-title = Le fichier n’a pas pu être importé
imports-expired-title = Cette importation a expiré
imports-cancelled-title = Cette importation a été annulée
imports-undone-title = Cette importation a été défaite
imports-rows =
    { $count ->
        [one] { $count } ligne
       *[other] { $count } lignes
    }
line_states-total =
    { $count ->
        [one] { $count } ligne
       *[other] { $count } lignes
    }
line_states-total-more = plus de { $count } lignes
line_states-keys-next = ligne suivante
line_states-keys-previous = ligne précédente
line_states-keys-open = ouvrir son appareil
line_states-keys-state = vers l’explication de son état
line_states-empty-title = Aucune ligne pour l’instant
line_states-empty-text = Chaque appareil figure ici avec chacune de ses lignes et leur état. Ajoutez le premier appareil, puis attribuez ses lignes à des utilisateurs.
line_states-empty-viewer = Dès que quelqu’un ajoutera un appareil, ses lignes figureront ici avec leur état.
line_states-unfound-filters = Les filtres masquent aussi des lignes.
line_states-unmatched-title = Aucune ligne ne correspond à ces filtres
line_states-unmatched-text = Il y a des lignes, mais aucune ne répond à tous les filtres à la fois.
line_states-end-title = Plus d’autres lignes
imports-comments =
    { $count ->
        [one] { $count } commentaire ignoré
       *[other] { $count } commentaires ignorés
    }
imports-encoding = encodage { $encoding }
imports-separator = séparateur « { $separator } »
imports-separator-tab = séparateur tabulation
imports-workbook = première feuille du classeur
imports-applied-before = Ce même fichier a été importé à { $time } par { $who }.
imports-nothing-yet = Rien n’a encore été ajouté
imports-nothing-left = Rien n’a été ajouté.
imports-until = Attend votre décision, au plus tard :
imports-outcome-create = À ajouter
imports-outcome-update = À modifier
imports-outcome-unchanged = Déjà présents
imports-outcome-rejected = À corriger
imports-done-create = Ajoutés
imports-done-update = Modifiés
imports-done-unchanged = Déjà présents
imports-done-rejected = Non ajoutés
imports-outcomes = Lignes par résultat
imports-download =
    { $count ->
        [one] Télécharger la ligne à corriger (.csv)
       *[other] Télécharger les { $count } lignes à corriger (.csv)
    }
imports-download-all = Télécharger le résultat (.csv)
imports-apply-valid =
    { $count ->
        [one] Ajouter l’appareil valide
       *[other] Ajouter les { $count } appareils valides
    }
imports-apply-add =
    { $count ->
        [one] Ajouter { $count } appareil
       *[other] Ajouter { $count } appareils
    }
imports-apply-change =
    { $count ->
        [one] Modifier { $count } appareil
       *[other] Modifier { $count } appareils
    }
imports-apply-both = { $added }, { $changed }
imports-apply-added =
    { $count ->
        [one] En ajouter { $count }
       *[other] En ajouter { $count }
    }
imports-apply-changed =
    { $count ->
        [one] en modifier { $count }
       *[other] en modifier { $count }
    }
imports-apply-nothing = Il n’y a rien à ajouter : toutes les lignes valides sont déjà dans l’inventaire.
imports-another = Télécharger un autre fichier .CSV
imports-fix-first = Corrigez ces lignes dans le fichier et envoyez-le de nouveau : ce qui est déjà présent reste tel quel.
imports-discard = Abandonner cette importation
imports-column-line = Ligne
imports-column-column = Colonne
imports-column-value = Valeur
imports-column-problem = Problème
imports-column-device = Appareil
imports-column-site = Site
imports-column-change = Modification
imports-row-whole = toute la ligne
imports-row-empty = vide
imports-row-to = devient
imports-rows-none = Aucune ligne de ce genre.
imports-next = Lignes suivantes
imports-first = Premières lignes
imports-rows-gone = Le détail des lignes n’est conservé que quelques jours.
imports-suggestion = Vouliez-vous dire { $suggestion } ?
imports-notices = À propos du fichier
imports-ready = Les appareils sont dans l’inventaire. Leurs lignes peuvent être attribuées.
imports-see-devices = Voir les appareils
imports-by = par { $who }
imports-undo = Défaire cette importation
imports-undo-until = Peut être défaite, au plus tard :
imports-undo-title = Défaire l’importation de { $file } ?
imports-undo-removes =
    { $count ->
        [one] L’appareil qu’elle a ajouté est retiré, sauf s’il est utilisé.
       *[other] Les { $count } appareils qu’elle a ajoutés sont retirés, sauf ceux qui sont utilisés.
    }
imports-undo-leaves = Un appareil dont une ligne est attribuée, ou qui s’est enregistré depuis, reste.
imports-undo-updates = Ce qu’elle a modifié sur des appareils déjà présents reste modifié.
imports-undo-again = Le même fichier peut être importé de nouveau.
imports-undo-submit = Défaire
imports-undone-counts =
    { $removed ->
        [one] { $removed } appareil a été retiré.
       *[other] { $removed } appareils ont été retirés.
    }
imports-undone-left =
    { $left ->
        [one] { $left } appareil reste, car il est utilisé ou a été modifié.
       *[other] { $left } appareils restent, car ils sont utilisés ou ont été modifiés.
    }
imports-size-bytes = { $number } octets
imports-size-kib = { $number } Kio
imports-size-mib = { $number } Mio

imports-list-title = Importations passées
imports-list-empty = Rien n’a encore été importé.
imports-list-when = Quand
imports-list-who = Qui
imports-list-file = Fichier
imports-list-state = État
imports-list-counts = Lignes
imports-list-next = Importations plus anciennes
imports-list-first = Importations les plus récentes
imports-state-reading = en cours de vérification
imports-state-planned = attend une décision
imports-state-applying = en cours d’ajout
imports-state-applied = terminée
imports-state-failed = échouée
imports-state-expired = expirée
imports-state-cancelled = annulée
imports-state-undone = défaite
imports-count-create =
    { $count ->
        [one] { $count } ajouté
       *[other] { $count } ajoutés
    }
imports-count-to-create =
    { $count ->
        [one] { $count } à ajouter
       *[other] { $count } à ajouter
    }
imports-count-update =
    { $count ->
        [one] { $count } modifié
       *[other] { $count } modifiés
    }
imports-count-to-update =
    { $count ->
        [one] { $count } à modifier
       *[other] { $count } à modifier
    }
imports-count-unchanged =
    { $count ->
        [one] { $count } déjà présent
       *[other] { $count } déjà présents
    }
imports-count-rejected =
    { $count ->
        [one] { $count } à corriger
       *[other] { $count } à corriger
    }

imports-told = Nouvelles de vos importations
imports-told-applied =
    { $count ->
        [one] { $file } : { $count } appareil a été ajouté.
       *[other] { $file } : { $count } appareils ont été ajoutés.
    }
imports-told-changed =
    { $count ->
        [one] { $count } a été modifié.
       *[other] { $count } ont été modifiés.
    }
imports-told-nothing = { $file } : tous les appareils sont déjà dans l’inventaire.
imports-told-planned =
    { $count ->
        [0] { $file } est vérifié et attend votre décision.
        [one] { $file } est vérifié : { $count } ligne à corriger. Rien n’a encore été ajouté.
       *[other] { $file } est vérifié : { $count } lignes à corriger. Rien n’a encore été ajouté.
    }
imports-told-failed = { $file } n’a pas pu être importé.
imports-told-open = Voir le résultat
imports-told-dismiss = Fermer

error-file_too_large = F02 · Le fichier dépasse 200 Mio, la limite.
error-file_missing = Choisissez d’abord un fichier.
error-import_not_planned = Cette importation n’attend pas de décision.
error-import_expired = Cette importation a expiré. Envoyez le fichier de nouveau.
error-import_has_rejected_rows =
    { $n ->
        [one] { $n } ligne est à corriger. Rien n’est ajouté tant que les lignes valides ne sont pas demandées.
       *[other] { $n } lignes sont à corriger. Rien n’est ajouté tant que les lignes valides ne sont pas demandées.
    }
error-import_not_applied = Il n’y a rien à défaire : cette importation n’a rien ajouté, ou n’a pas fini.
error-import_undo_expired = Une importation ne peut être défaite que pendant 24 heures.
error-import_not_read = Le fichier est encore en cours de vérification.
error-import_file_gone = Les lignes de cette importation ne sont plus conservées.
error-too_many_imports = Beaucoup d’importations sont déjà en cours. Attendez que l’une se termine.

csv-file-import = importation
csv-file-import-rejected = importation à corriger
csv-template-name = Accueil
csv-template-example = exemple, ligne ignorée
csv-template-more = et d’autres sites

imports-help-title = Comment importer des appareils
imports-help-lead = Une ligne, un appareil. Partez du modèle : il contient vos sites et les types d’appareil qui peuvent y être ajoutés. Les lignes qui commencent par # sont ignorées : copiez-en une et saisissez l’adresse à la place du #.
imports-help-columns = Les colonnes
imports-help-column = Colonne
imports-help-need = Nécessaire
imports-help-example = Exemple
imports-help-limit = Ce qui est admis
imports-help-order = Dans n’importe quel ordre, en majuscules ou minuscules, avec ou sans accents, en français ou en anglais. Les autres colonnes sont ignorées, et le résultat dit lesquelles.
imports-help-yes = oui
imports-help-no = non
imports-help-need-mac = oui, sauf pour les types sans adresse (Generic SIP)
imports-help-need-site = oui, sauf si toutes les lignes sont d’un site choisi lors de l’envoi
imports-help-need-chain = non ; seulement pour les bases DECT, et pour qui peut le voir
imports-help-limit-mac = 12 chiffres 0-9, A-F. Deux-points, traits d’union, points ou rien entre eux.
imports-help-limit-type = un nom ou un identifiant du modèle
imports-help-limit-site = un nom ou un code du modèle
imports-help-limit-text =
    { $max ->
        [one] { $max } caractère
       *[other] { $max } caractères au plus
    }
imports-help-limit-chain = 1 à 10 chiffres ; le même pour toutes les bases d’un système DECT
imports-help-clear = Une cellule vide ne change rien. Pour vider une valeur d’un appareil déjà présent, écrivez (vide).
imports-help-file = Le fichier
imports-help-separators = Point-virgule, virgule ou tabulation entre les cellules : c’est reconnu tout seul.
imports-help-encodings = UTF-8, UTF-16 ou Windows-1252 : ce qu’Excel enregistre, quelle que soit sa langue. Un fichier .xlsx est lu aussi : sa première feuille.
imports-help-limits = Au plus 200 Mio, 1 000 000 lignes et 64 colonnes ; un fichier .xlsx, 100 000 lignes au plus.
imports-help-export = Une liste d’appareils exportée peut être modifiée et renvoyée.
imports-help-excel = Ce qu’Excel fait des adresses MAC
imports-help-excel-what = Excel prend une adresse sans deux-points pour un nombre : 001565123456 perd ses zéros, 156500123456 devient 1,57E+11. Ce qui est perdu ne se retrouve pas.
imports-help-excel-text = Avant de coller, sélectionnez la colonne et choisissez le format de cellule « Texte ».
imports-help-excel-colons = Ou bien écrivez les adresses avec des deux-points : 00:15:65:12:34:56 reste tel quel.
imports-help-modes = Ajouter, ou ajouter et mettre à jour
imports-help-mode-add = Ajouter : les nouveaux appareils sont ajoutés. Un appareil déjà présent avec les mêmes valeurs est signalé comme déjà présent, et avec d’autres valeurs comme ligne à corriger.
imports-help-mode-update = Ajouter et mettre à jour : les appareils déjà présents prennent les valeurs du fichier. Vous voyez chaque modification avant qu’elle soit faite.
imports-help-twice = Envoyer deux fois le même fichier est sans danger.
imports-help-check = Vérifier, puis ajouter
imports-help-check-rows = Chaque ligne est vérifiée, et tout ce qui est à corriger est dit d’un coup, avec sa ligne et sa colonne.
imports-help-check-nothing = Tant qu’une ligne est à corriger, rien n’est ajouté : vous choisissez d’ajouter les lignes valides ou d’envoyer un fichier corrigé.
imports-help-check-together = Les lignes valides sont ajoutées ensemble : toutes, ou aucune.
imports-help-undo = Pendant 24 heures, une importation peut être défaite : les appareils qu’elle a ajoutés sont retirés, sauf si une de leurs lignes est attribuée ou s’ils se sont enregistrés.
imports-help-never = Ce qu’une importation ne fait jamais
imports-help-never-remove = Elle ne retire aucun appareil : un vieux fichier ne doit pas supprimer de téléphones.
imports-help-never-secret = Elle ne lit et n’écrit aucun mot de passe SIP.
imports-help-codes = Ce qui peut être à corriger, et le remède
imports-help-code = Code
imports-help-message = Message
imports-help-cure = Remède
imports-help-codes-file = Le fichier
imports-help-codes-row = Une ligne
imports-help-codes-notice = Remarques, qui n’arrêtent rien

imports-cure-F01 = Envoyez un fichier avec les en-têtes et au moins une ligne.
imports-cure-F02 = Scindez le fichier.
imports-cure-F03 = Dans Excel : Fichier > Enregistrer sous > « CSV UTF-8 ».
imports-cure-F04 = Ouvrez-le dans le programme qui l’a créé et enregistrez-le au format « CSV UTF-8 ».
imports-cure-F05 = Ajoutez la colonne avec son en-tête, comme dans le modèle.
imports-cure-F06 = Gardez une seule des deux colonnes.
imports-cure-F07 = Fermez le guillemet sur cette ligne, ou retirez-le.
imports-cure-F08 = Scindez le fichier en plusieurs, chacun avec les en-têtes.
imports-cure-F09 = Retirez les colonnes qui ne sont pas dans le modèle.
imports-cure-F10 = Enregistrez la feuille au format « CSV UTF-8 » et envoyez celle-ci.
imports-cure-R01 = Écrivez l’adresse qui est sur l’étiquette de l’appareil.
imports-cure-R02 = Comparez avec l’étiquette : 0 n’est pas O, 1 n’est pas I.
imports-cure-R03 = Écrivez l’adresse qui est sur l’étiquette de l’appareil.
imports-cure-R04 = Saisissez ou scannez l’adresse de nouveau, avec des deux-points.
imports-cure-R05 = Comparez la proposition avec l’étiquette et écrivez-la avec des deux-points.
imports-cure-R06 = Retirez une des deux lignes.
imports-cure-R07 = Demandez à votre fournisseur de la libérer.
imports-cure-R08 = Corrigez la ligne ou choisissez « ajouter et mettre à jour ».
imports-cure-R09 = Écrivez le type, comme dans le modèle.
imports-cure-R10 = Prenez le nom dans le modèle.
imports-cure-R11 = Choisissez un autre type, ou faites approuver celui-ci pour le site.
imports-cure-R12 = Écrivez le site, ou choisissez-en un pour toutes les lignes lors de l’envoi.
imports-cure-R13 = Prenez le nom dans le modèle.
imports-cure-R14 = Écrivez le code à la place du nom.
imports-cure-R15 = Retirez d’abord les lignes de l’appareil à leurs utilisateurs.
imports-cure-R16 = Retirez d’abord les lignes de l’appareil à leurs utilisateurs.
imports-cure-R17 = Raccourcissez le texte.
imports-cure-R18 = Retirez le caractère : souvent un saut de ligne ou une marque invisible.
imports-cure-R19 = Comparez avec l’étiquette de l’appareil.
imports-cure-R20 = Demandez-en davantage à votre fournisseur.
imports-cure-R21 = Mettez la valeur entre guillemets, ou retirez-en le séparateur.
imports-cure-R22 = Envoyez le fichier de nouveau.
imports-cure-R23 = Laissez l’adresse vide.
imports-cure-R24 = Donnez à chacun de ces appareils un nom à lui.
imports-cure-R26 = Donnez à certaines de ces bases un autre ID, ou laissez la cellule vide.
imports-cure-R25 = Écrivez les chiffres que la base affiche, ou laissez la cellule vide.
imports-cure-W01 = Vérifiez que les adresses de deux lignes n’ont pas été échangées.
imports-cure-W02 = Comparez avec l’étiquette de l’appareil.
imports-cure-N01 = Il n’y a rien à faire.
imports-cure-N02 = Il n’y a rien à faire.
imports-cure-N03 = Regardez les noms. Si les accents sont faux, enregistrez le fichier au format « CSV UTF-8 ».

## Line states: the column of chain ids
line_states-column-chain = ID de la station multicellulaire

## Agir pour un client
acting-title = Agir pour un client
acting-intro = Vous travaillez dans le portail du client et voyez ce que voient ses utilisateurs. Tout ce que vous y faites porte votre nom et le sien. Cela prend fin tout seul au bout d’une heure.
acting-search = Trouver un client
acting-customer = Client
acting-none = Aucun client ne dépend encore de vous.
acting-begin = Agir
acting-begin-for = Agir pour { $customer }
acting-banner = Vous agissez pour un client
acting-for = Vous agissez pour { $customer }.
acting-ends =
    { $n ->
        [one] Prend fin tout seul dans { $n } minute.
       *[other] Prend fin tout seul dans { $n } minutes.
    }
acting-end = Ne plus agir pour lui
error-already_your_own = Vous appartenez déjà à ce client.
## Audit log, retention, personal data
# used-by-code: audit-action-*
# used-by-code: audit-group-*
# used-by-code: audit-kind-*
# used-by-code: audit-outcome-*
# used-by-code: csv-audit-*
nav-audit = Journal d’audit
audit-title = Journal d’audit
audit-kept = Qui a fait quoi, pour qui, depuis où. Conservé { $months } mois ; les adresses, { $days } jours.
audit-export = Exporter en CSV
audit-search = Rechercher dans le journal
audit-search-hint = Nom, adresse MAC, mot
audit-party = Partie
audit-party-hint = Toutes
audit-party-none = Aucune partie ne porte ce nom.
audit-party-which = De quelle partie s’agit-il ?
audit-of-party = Uniquement { $party } et ce qui en dépend.
audit-person = Personne
audit-person-hint = Nom d’utilisateur
audit-action = Action
audit-all-actions = Toutes les actions
audit-all-of = Tout : { $group }
audit-result = Résultat
audit-all-results = Tous les résultats
audit-outcome-ok = Fait
audit-outcome-refused = Refusé
audit-from = Du
audit-to = Au
audit-target-id = Objet
audit-target-hint = Identifiant
audit-find = Rechercher
audit-none = Rien ne correspond
audit-show-all = Afficher tout le journal
audit-looked-through = { $count } lignes ont été parcourues jusqu’ici.
audit-go-on = Chercher plus loin
audit-at = Quand ({ $zone })
audit-who = Qui
audit-what = Quoi
audit-address = Depuis
audit-details = Détails
audit-field = Champ
audit-before = Avant
audit-after = Après
audit-value = Valeur
audit-only = uniquement
audit-only-this = ({ $target })
audit-target = { $kind } { $name }
audit-by-token = par jeton d’API
audit-acting-for = agissant pour { $customer }
audit-actor-cli = Ligne de commande
audit-actor-system = Tonalite elle-même
audit-actor-erased = Personne effacée
audit-kind-device = Appareil
audit-kind-site = Site
audit-kind-party = Partie
audit-kind-user = Utilisateur
audit-kind-portal_user = Utilisateur du portail
audit-kind-dect_system = Système DECT
audit-kind-import = Importation
audit-kind-export = Exportation
audit-kind-token = Jeton d’API
audit-group-sign_in = Connexion
audit-group-portal_users = Utilisateurs du portail
audit-group-parties = Parties et sites
audit-group-devices = Appareils
audit-group-lines = Utilisateurs et lignes
audit-group-files = Exportations et importations
audit-group-log = Journal et refus
audit-action-session-create = Ouverture de session
audit-action-session-delete = Fermeture de session
audit-action-acting-begin = Début d’intervention pour un client
audit-action-acting-end = Fin d’intervention pour un client
audit-action-token-create = Jeton d’API créé
audit-action-token-delete = Jeton d’API révoqué
audit-action-portal_user-create = Utilisateur du portail créé
audit-action-portal_user-update = Utilisateur du portail modifié
audit-action-portal_user-export = Données personnelles d’un utilisateur du portail consultées
audit-action-portal_user-erase = Utilisateur du portail effacé
audit-action-party-create = Partie créée
audit-action-party-update = Partie modifiée
audit-action-site-create = Site créé
audit-action-site-update = Site modifié
audit-action-site-delete = Site supprimé
audit-action-approved_device_types-update = Types d’appareil autorisés modifiés
audit-action-fleet-create = Parc de démonstration ajouté
audit-action-device-create = Appareil ajouté
audit-action-device-update = Appareil modifié
audit-action-device-delete = Appareil retiré
audit-action-device-reboot = Appareil redémarré
audit-action-dect_system-create = Système DECT créé
audit-action-dect_system-update = Système DECT modifié
audit-action-dect_system-delete = Système DECT supprimé
audit-action-dect_system-add_base = Base ajoutée à un système DECT
audit-action-dect_system-remove_base = Base retirée d’un système DECT
audit-action-dect_system-reboot = Système DECT redémarré
audit-action-user-create = Utilisateur créé
audit-action-user-export = Données personnelles d’un utilisateur consultées
audit-action-user-erase = Utilisateur effacé
audit-action-line-assign = Ligne attribuée
audit-action-line-unassign = Ligne retirée
audit-action-line-new_credentials = Nouveaux identifiants SIP
audit-action-devices-export = Appareils exportés
audit-action-line_states-export = États des lignes exportés
audit-action-line_states-fetch = Exportation des états des lignes téléchargée
audit-action-audit-export = Journal d’audit exporté
audit-action-import-create = Importation déposée
audit-action-import-read = Importation lue
audit-action-import-apply = Importation appliquée
audit-action-import-undo = Importation annulée après coup
audit-action-import-cancel = Importation abandonnée
audit-action-import-expire = Importation expirée
audit-action-user-update = Utilisateur modifié
audit-action-user-delete = Utilisateur retiré
audit-action-lines-take_credentials_over = Identifiants SIP repris
audit-action-site-new_credentials = Nouveaux identifiants SIP d’un site
audit-action-party-close = Partie fermée
audit-action-party-reopen = Partie rouverte
audit-action-line-revoke_old_credentials = Anciens identifiants SIP révoqués
audit-action-request-refuse = Demande refusée
audit-action-audit-expire = Anciennes entrées supprimées
csv-audit-at = Quand
csv-audit-actor = Qui
csv-audit-actor_id = Identifiant de l’auteur
csv-audit-actor_party = Partie de l’auteur
csv-audit-acting_for = Agissant pour
csv-audit-party = Partie
csv-audit-party_id = Identifiant de la partie
csv-audit-action = Quoi
csv-audit-action_code = Code de l’action
csv-audit-target_kind = Nature de l’objet
csv-audit-target_id = Identifiant de l’objet
csv-audit-result = Résultat
csv-audit-code = Motif
csv-audit-address = Depuis
csv-audit-detail = Détails
csv-file-audit = journal d’audit
error-own_account = Personne n’efface son propre compte.
error-user_has_lines = L’utilisateur a encore des lignes : { $count }. Retirez-les d’abord.
error-date_malformed = Écrivez une date sous la forme année, mois et jour : 2026-11-25.
## Les utilisateurs, et des lignes pour plusieurs à la fois
nav-users = Utilisateurs
users-title = Utilisateurs
users-intro = Personnes, salles et files d’attente, chacune avec un numéro interne. Leurs lignes sont des ports d’appareils.
users-search = Rechercher des utilisateurs
users-search-hint = Nom, numéro interne, numéro ou adresse e-mail
users-site = Site
users-name = Nom
users-extension = Numéro interne
users-number = Numéro
users-email = Adresse e-mail
users-language = Langue
users-language-site = celle du site
users-lines = Lignes
users-no-line = aucune ligne
users-customer = Client
users-find = Rechercher
users-new = Configurer un utilisateur
users-none = Aucun utilisateur pour le moment
users-none-text = Un utilisateur est une personne, une salle ou une file d’attente d’un site. Configurez-en un et attribuez-lui une ligne d’un appareil.
users-unfound = Personne ne correspond à « { $searched } »
users-show-all = Afficher tous les utilisateurs
users-end = Il n’y a pas d’autres utilisateurs
users-shared = partagée : sonne aussi ici
users-port = port { $port }
users-back = Utilisateurs
users-edit = Modifier
users-delete = Supprimer
users-assign = Attribuer une ligne
users-identity = Utilisateur
users-line-device = Appareil
users-line-use = Usage
users-line-primary = son propre téléphone
users-line-shared = partagée : un appareil de plus qui sonne pour le même utilisateur
users-line-open = Ligne de { $device }, port { $port }
users-unassign = Retirer
users-unassign-line = Retirer le port { $port } de { $device }
users-no-lines-text = Rien ne sonne pour cet utilisateur. Attribuez-lui une ligne disponible d’un appareil du site.
users-made = { $user } est configuré.
users-saved = Enregistré.
users-assigned = La ligne est attribuée. Pour un téléphone configuré à la main, créez de nouveaux identifiants : ils ne s’affichent qu’une fois.
users-deleted = L’utilisateur est supprimé.
users-stale = Quelqu’un a modifié cet utilisateur entre-temps. Voici ce qui vaut maintenant ; refaites votre modification.
users-edit-title = Modifier { $user }
users-save = Enregistrer
users-delete-title = Supprimer { $user } ?
users-delete-line = { $device }, port { $port } : ne sonne plus. Ses enregistrements prennent fin et ses identifiants ne valent plus rien.
users-delete-none = Aucune ligne n’est perdue : cet utilisateur n’en a pas.
users-delete-for-good = Le nom, le numéro interne, le numéro et l’adresse e-mail sont supprimés. C’est irréversible.
users-delete-submit = { $count ->
    [0] Supprimer l’utilisateur
    [one] Retirer 1 ligne et supprimer l’utilisateur
   *[other] Retirer { $count } lignes et supprimer l’utilisateur
}
users-assign-title = Attribuer une ligne à { $user }
users-assign-submit = Attribuer
users-device-none = Aucun appareil de ce site n’a de ligne disponible.
users-device-later = Pas encore d’appareil
users-device-free = { $count ->
    [one] { $count } ligne disponible
   *[other] { $count } lignes disponibles
}
users-device-more = Seuls les { $count } premiers sont affichés. Recherchez l’appareil voulu.
users-device-search = Rechercher des appareils
users-device-port = Port
users-device-port-hint = Laissez vide pour le premier port disponible.
users-ready = Appareils prêts à être attribués à des utilisateurs
users-use-hint = Partagée : un appareil de plus qui sonne pour le même utilisateur.
users-step = Étape { $step } sur 4
users-step-who = Qui
users-step-number = Numéro
users-step-device = Appareil et ligne
users-step-check = Vérification
users-next = Suivant
users-previous = Retour
users-submit = Configurer l’utilisateur
users-nothing-yet = Rien n’est écrit avant le dernier bouton.
users-summary-line = { $device }, port { $port }
users-summary-no-line = pas encore de ligne
users-show-credentials = Afficher les identifiants de la ligne, cette seule fois : le téléphone est configuré à la main
users-credentials = Nouveaux identifiants pour ce site
users-credentials-title = Nouveaux identifiants pour toutes les lignes de { $site }
users-credentials-submit = Créer de nouveaux identifiants et les télécharger
users-credentials-type = Type d’appareil
users-credentials-all = Tous les types d’appareils
users-credentials-1 = Chaque ligne attribuée du site reçoit un nouveau mot de passe. Ils arrivent dans un seul fichier CSV, cette seule fois : personne ne peut les afficher de nouveau.
users-credentials-2 = Les anciens mots de passe restent valables à côté des nouveaux jusqu’à ce que le téléphone ait utilisé le nouveau, au plus 24 heures. Un téléphone qui ne l’a pas reçu d’ici là est coupé.
users-credentials-3 = Quiconque possède le fichier peut s’enregistrer à la place de ces téléphones. Gardez-le en lieu sûr, et supprimez-le une fois les téléphones configurés.
users-credentials-4 = Si le téléchargement échoue, recommencez : c’est le dernier fichier créé qui vaut.
range-title = Attribuer une plage de lignes
range-open = Attribuer une plage
range-first = Du port
range-last = Au port
range-users = Utilisateurs, un par ligne : numéro interne ; nom ; numéro
range-users-hint = Un numéro interne utilisé sur le site désigne cet utilisateur ; les autres sont créés avec le nom qui suit. Les lignes du texte reçoivent les ports dans l’ordre.
range-fill = Remplir avec les utilisateurs sans ligne, dans l’ordre des numéros internes
range-preview = Vérifier
range-preview-title = Ce qui sera fait
range-submit = { $count ->
    [one] Attribuer { $count } ligne
   *[other] Attribuer { $count } lignes
}
range-new = nouveau
range-row = Rang { $row }
range-done = { $count ->
    [one] { $count } ligne est attribuée.
   *[other] { $count } lignes sont attribuées.
}
range-port = Port
range-user = Utilisateur
revoke-title = Révoquer maintenant les anciens identifiants de la ligne { $port } ?
revoke-text = Seul le nouveau mot de passe vaut désormais. Un téléphone qui a encore l’ancien est refusé à son prochain renouvellement, et { $user } ne peut plus appeler avec lui.
revoke-submit = Révoquer maintenant
revoke-action = Révoquer les anciens identifiants
revoke-done = Seuls les nouveaux identifiants de la ligne { $port } sont valables.
revoke-until = anciens identifiants valables jusqu’à
devices-remove-person = { $user } ({ $extension }) perd cette ligne.
devices-remove-person-number = { $user } ({ $extension }, { $number }) perd cette ligne.
devices-remove-person-shared = { $user } ({ $extension }) perd cette ligne ; d’autres appareils continuent de sonner.
devices-remove-more = { $count ->
    [one] { $count } autre personne perd une ligne.
   *[other] { $count } autres personnes perdent une ligne.
}
devices-assign-use = Usage
# used-by-code: csv-credentials-*
csv-file-credentials = identifiants
csv-credentials-mac = Adresse MAC
csv-credentials-device_type = Type d’appareil
csv-credentials-port = Port
csv-credentials-user = Utilisateur
csv-credentials-extension = Numéro interne
csv-credentials-number = Numéro
csv-credentials-username = Nom d’utilisateur
csv-credentials-password = Mot de passe
csv-credentials-domain = Domaine
csv-credentials-registrar = Serveur d’enregistrement
# used-by-code: error-*
error-no_old_credentials = Il n’y a pas d’anciens identifiants à côté de ceux qui valent.
error-port_out_of_range = L’appareil a les ports 1 à { $max } ; { $port } n’en fait pas partie.
error-duplicate_port = Le port { $port } figure ici deux fois.
error-duplicate_extension = Le numéro interne { $value } figure ici deux fois.
error-too_many_users = Il y a plus d’utilisateurs que de ports : { $max } au plus.
error-credentials_columns = La première ligne doit nommer les colonnes : mac et port (ou extension et site), username, et password ou ha1.
error-too_many_rows = Le fichier a trop de lignes.
error-sip_username_taken = Le nom d’utilisateur SIP { $value } est déjà utilisé.
error-line_gone = La ligne a été retirée entre-temps.
error-no_free_port = Plus aucune ligne de cet appareil n’est disponible.
## Parties and sites: errors
error-party_closed = La partie est fermée : elle ne peut qu’être consultée, ou rouverte par la partie au-dessus.
error-party_closed_above = La partie au-dessus est fermée. Il faut d’abord la rouvrir.
error-party_not_empty = Quelque chose en dépend encore : parties ouvertes { $parties }, appareils { $devices }, utilisateurs ayant une ligne { $users }, importations en cours { $imports }.
error-sip_domain_fixed = Des lignes existent sous cette partie : son domaine SIP ne peut plus changer.
error-site_code_taken = Le client a déjà un site portant ce code.
error-closed_alone = Une partie se ferme ou se rouvre par une requête à part.
error-party_set_twice = Nommez les parties une à une, ou toutes celles sous une même partie, mais pas les deux.
error-too_many_parties = Cela fait trop de parties à la fois : { $max } au plus.

## Parties and sites: pages
nav-parties = Clients
parties-intro = Les parties qui dépendent de la vôtre, et leurs appareils par état.
parties-search-hint = Nom, domaine SIP ou identifiant
parties-all-sites = Tous les sites
parties-shown = Afficher
parties-open = Ouvertes
parties-open_and_closed = Ouvertes et fermées
parties-closed = Fermées seulement
parties-is-closed = fermée
parties-devices =
    { $count ->
        [0] aucun appareil
        [one] { $n } appareil
       *[other] { $n } appareils
    }
parties-new = Ajouter une partie
parties-new-below = Sous { $party }
parties-new-submit = Ajouter
parties-edit = Modifier la partie
parties-sip_domain = Domaine SIP
parties-sip_domain-hint = Domaine des adresses des téléphones. Un fournisseur qui n’en indique pas en reçoit un ; un client a celui de son fournisseur. Il ne peut plus changer dès qu’une ligne existe.
parties-sip_domain-above = celui du fournisseur
parties-id = Identifiant
parties-sites-below = Tous les sites en dessous
parties-saved-new = La partie a été ajoutée.
parties-saved-edit = Les modifications sont enregistrées.
parties-saved-closed = La partie est fermée.
parties-saved-open = La partie est rouverte.
parties-closed-since = Fermée : { $time } (UTC).
parties-closed-means = Ses utilisateurs ne peuvent pas se connecter, ses jetons ne fonctionnent pas. Elle ne peut qu’être consultée.
parties-close = Fermer la partie
parties-reopen = Rouvrir
parties-close-title = Fermer { $party } ?
parties-close-people = Ses utilisateurs sont déconnectés et ne peuvent plus se connecter ; ses jetons d’API ne fonctionnent plus.
parties-close-list = Elle quitte les listes, sauf si l’on demande les parties fermées.
parties-close-kept = Rien n’est supprimé : tout reste consultable pour vous, et elle peut être rouverte.
parties-close-not_empty = Elle ne peut pas encore être fermée. Il en dépend encore :
parties-left-parties =
    { $count ->
        [one] { $n } partie ouverte
       *[other] { $n } parties ouvertes
    }
parties-left-devices =
    { $count ->
        [one] { $n } appareil
       *[other] { $n } appareils
    }
parties-left-users =
    { $count ->
        [one] { $n } utilisateur ayant une ligne
       *[other] { $n } utilisateurs ayant une ligne
    }
parties-left-imports =
    { $count ->
        [one] { $n } importation en cours
       *[other] { $n } importations en cours
    }
sites-title = Sites
sites-none = Il n’y a pas encore de site ici.
sites-show-all = Afficher tous les sites
sites-search-hint = Nom, code ou client
sites-only-of = Seulement ceux de { $party }
sites-code = Code
sites-code-hint = Un nom court, pour les fichiers. Chaque code une seule fois.
sites-time_zone = Fuseau horaire
sites-time_zone-hint = Un nom IANA : tapez une ville, par exemple Paris, et choisissez Europe/Paris.
sites-language = Langue des téléphones
sites-language-en = Anglais
sites-language-fr = Français
sites-new = Ajouter un site
sites-new-submit = Ajouter le site
sites-edit = Modifier le site
sites-delete = Supprimer le site
sites-delete-title = Supprimer le site { $site } ?
sites-delete-for-good = Il est vide. La suppression est définitive.
sites-delete-not_empty = Il ne peut pas encore être supprimé. Il s’y trouve encore :
sites-left-users =
    { $count ->
        [one] { $n } utilisateur
       *[other] { $n } utilisateurs
    }
sites-closed = Son client est fermé : le site ne peut qu’être consulté.
sites-saved-new = Le site a été ajouté.
sites-saved-edit = Les modifications sont enregistrées.
sites-saved-deleted = Le site a été supprimé.

## Party Manager over many parties
parties-page = Page du client
parties-changes = Dernières modifications
parties-changes-inherited = hérité
parties-changes-system = la ligne de commande
parties-many-title = Plusieurs parties à la fois
parties-many-intro = Ce qui s’applique à chaque partie, ce qui y est défini, et ce qui diffère de la partie au-dessus.
parties-many-differs = Diffère d’au-dessus
parties-many-differs-any = Tous les réglages
parties-many-differs-features = Une fonction diffère
parties-many-differs-types = Sa propre liste d’appareils
parties-many-differs-here = diffère
parties-many-set-here = défini ici
parties-many-inherit = Hérité
parties-many-types-own = Sa propre liste…
parties-many-choose = Choisir { $party }
parties-many-which = Quelles parties
parties-many-named = Celles cochées ci-dessus
parties-many-all = Toutes les { $n } que trouve la recherche
parties-many-all-shown = Toutes celles affichées
parties-many-too_many = Toutes celles trouvées : plus de { $max }, trop pour une seule fois. Réduisez la recherche.
parties-many-set = Définir pour chacune
parties-many-set-choose = Choisissez quoi définir
parties-many-go = Continuer
parties-many-confirm =
    { $count ->
        [one] Modifier { $count } partie ?
       *[other] Modifier { $count } parties ?
    }
parties-many-count = À modifier : { $count }. Déjà ainsi : { $unchanged }.
parties-many-more =
    { $count ->
        [one] et { $count } autre
       *[other] et { $count } autres
    }
parties-many-at_once = L’effet est immédiat, pour toutes ou pour aucune. Chaque modification figure dans le journal d’audit.
parties-many-apply = Toutes les modifier
parties-many-done =
    { $count ->
        [0] Rien n’était à modifier.
        [one] { $n } partie a été modifiée.
       *[other] { $n } parties ont été modifiées.
    }
parties-many-choose_what = Choisissez quoi définir.
parties-many-choose_which = Cochez au moins une partie, ou choisissez toutes celles trouvées.
parties-many-moved = Les parties ont changé depuis que vous avez regardé. Voici ce qui serait fait maintenant : vérifiez encore une fois.
