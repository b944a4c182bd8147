# Texts of the pages and of what stands in them. Keys begin with the page's own name; the other language has the same keys.

## The page around every page

page-title = { $title } – Tonalite
skip-to-content = Skip to content
nav-main = Main
nav-devices = Devices
language-other = Français
sign-out = Sign out
cancel = Cancel
copy = Copy
copied = Copied
optional = optional
form-wrong = Nothing was saved: see the message at the field.

## Signing in

sign_in-title = Sign in
sign_in-username = User name
sign_in-password = Password
sign_in-submit = Sign in
sign_in-wrong = This user name and password do not go together.
sign_in-ended = You have signed out.
sign_in-needed = Please sign in to see this page.

## States: the word, its explanation, and what stands beside it. {n} and its like are filled in the browser.

# used-by-code: state-*
# used-by-code: explain-*
# used-by-code: lines-registered
# used-by-code: detail-*
# used-by-code: for-*
state-registered = Registered
state-aged = Aged
state-unregistered = Unregistered
state-no_line = No line assigned
state-partial = partial
state-available = Available
explain-registered = At least one line of the device is registered: the phone has signed on, and its registration is still valid.
explain-registered-next = “Partial” means that some of its lines are missing.
explain-aged = Expired: the device did not renew its registration in time.
explain-aged-next = It vanished without signing off. Is it powered, and is its network up?
explain-unregistered = No line of the device is registered: it never signed on, or it signed off itself.
explain-unregistered-next = Check on the phone that the user name, the password and the server are those of its line.
explain-no_line = No user has a line on this device yet, so there is nothing to register. This is not a fault.
explain-no_line-next = Assign a line to a user to put the phone to work.
lines-registered =
    { $assigned-form ->
        [one] { $registered } of { $assigned } line registered
       *[other] { $registered } of { $assigned } lines registered
    }
for-now = just now
for-minutes = for { $n } min
for-hours = for { $n } h
for-days = for { $n } d
live-on = live
live-off = reconnecting…
live-changed =
    { $form ->
        [one] { $n } device changed its status.
       *[other] { $n } devices changed their status.
    }

## Times

# used-by-code: month-*
month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = Jun
month-7 = Jul
month-8 = Aug
month-9 = Sept
month-10 = Oct
month-11 = Nov
month-12 = Dec
time-dated = { $day } { $month } { $year } { $clock }
time-with-site = { $time } (site: { $site })

## Devices: the list

devices-title = Devices
devices-add = Add Ported Device
devices-counts = Devices by status
devices-all = All devices
devices-partial =
    { $count ->
        [one] of which { $count } partial
       *[other] of which { $count } partial
    }
devices-filters = Filters
devices-filter-site = Site
devices-filter-type = Device type
devices-filter-status = Status
devices-all-sites = All Sites
devices-all-types = All types
devices-all-states = All states
devices-status-partial = Partial
devices-filter = Filter
devices-unfilter = Remove the filters
devices-mac = MAC address
devices-type = Device type
devices-lines = Available lines
devices-site = Site
devices-status = Status
devices-actions = Actions
devices-actions-for = Actions for { $device }
devices-lines-available = { $available } of { $total }
devices-no-mac = no MAC address
devices-total =
    { $count ->
        [one] { $count } device
       *[other] { $count } devices
    }
devices-next = Next page
devices-first = First page
devices-empty-title = No devices yet
devices-empty-text = Add the first one: choose the site and the model, and type the MAC address from the label under the phone.
devices-empty-viewer = As soon as somebody adds one, it stands here with its state.
devices-unmatched-title = No device matches these filters
devices-unmatched-text = There are devices, but none to which all of the filters apply.
devices-end-title = No more devices
devices-includes-no-line =
    { $count ->
        [one] Including { $count } device without a line assigned, which is not a fault.
       *[other] Including { $count } devices without a line assigned, which is not a fault.
    }
devices-action-open = Open
devices-action-status = Device Status
devices-action-assign = Assign lines
devices-action-copy = Copy MAC address
devices-action-remove = Remove Device
devices-added = { $device } has been added.
devices-removed = { $device } has been removed.
devices-removed-one = The device has been removed.

## Devices: the list, found and sorted

# used-by-code: devices-kind-*
# used-by-code: devices-column-*
# used-by-code: ago-*
devices-search = Search
devices-search-places = MAC, type, site, user, number, IP address…
devices-filter-kind = Kind
devices-all-kinds = All kinds
devices-kind-desk = Desk phone
devices-kind-conference = Conference phone
devices-kind-ata = Analogue adapter
devices-kind-dect_base = DECT base
devices-kind-generic = Generic SIP
devices-filter-problem = Needs attention
devices-filter-lines = With an available line
devices-filter-critical = Critical
devices-view = View
devices-columns = More columns
devices-column-customer = Customer
devices-column-users = Users
devices-column-agent = User agent
devices-column-seen = Last seen
devices-limit = Rows a page
devices-user = { $name } ({ $extension })
devices-users-more = { $users } and { $count } more
devices-at-least = { $count }+
devices-total-more = more than { $count } devices
devices-unfound-title = Nothing found for “{ $searched }”
devices-unfound-text = Every word must be found: in the MAC address, the type, the name, the serial or inventory number, the site, a user, an extension or a number; or as the beginning of an IP address.
devices-unfound-short = Fewer than three characters find only the beginning of a MAC address or a whole extension. Type one more.
devices-unfound-filters = The filters hide devices as well.
devices-unsearch = Clear the search
devices-unfilter-all = Clear search and filters
devices-empty-demo = To look around first, start the demo, with a made-up fleet that really registers:
devices-keys = Keyboard
devices-keys-search = to the search
devices-keys-next = next device
devices-keys-previous = previous device
devices-keys-enter = Enter
devices-keys-open = open the device
devices-keys-tab = Tab
devices-keys-menu = to the state and the actions of its row
devices-keys-single = Use the keys of a single character: / j k
ago-now = just now
ago-minutes = { $n } min ago
ago-hours = { $n } h ago
ago-days = { $n } days ago

## Devices: adding one

devices-new-title = Add a Ported Device
devices-new-hint = A phone that you already own and connect to this service. It has nothing to do with moving a number.
devices-new-site = Site
devices-new-device = Device
devices-new-mac = MAC Address
devices-new-save = Save
devices-new-choose-site = Choose a site
devices-new-choose-device = Choose a device
devices-new-site-first = Choose the site first
devices-new-reload = Show the devices approved for this site
devices-new-mac-hint = Twelve digits and letters from the label, with or without colons: 00:15:65:ab:cd:ef. Generic SIP devices have none.
devices-new-not-listed = Model not listed? Ask { $provider } to approve it.
devices-new-provider = your provider
devices-new-taken-link = See the device that has this address
devices-new-no-site-title = There is no site to add a device to
devices-new-no-site-text = Every device belongs to a site. An administrator makes one first, through the API.

## Devices: one device

devices-show-back = Devices
devices-show-identity = Device
devices-show-name = Name
devices-show-customer = Customer
devices-show-serial = Serial number
devices-show-inventory = Inventory number
devices-show-note = Note
devices-show-critical = Critical
devices-show-critical-yes = yes: left out of bulk acts unless it is named
devices-show-added = Added
devices-show-last-seen = Last seen
devices-show-user-agent = User agent
devices-show-firmware = Firmware
devices-show-never = never
devices-show-lines = Lines
devices-show-port = Line
devices-show-user = User
devices-show-number = Extension and number
devices-show-expires = Expires
devices-show-available =
    { $count ->
        [one] { $count } line is available.
       *[other] { $count } lines are available.
    }
devices-show-all-assigned = All lines are assigned.
devices-show-no-lines = No line is assigned yet. Assign one to a user, then give the phone its credentials.
devices-show-assign = Assign line
devices-show-line-actions = Actions for line { $port }
devices-show-contacts = Live contacts
devices-show-no-contacts = The phone is not in touch at this moment.
devices-show-address = Address
devices-show-timeline = Timeline
devices-show-no-timeline = Nothing has happened yet.
devices-show-refresh = Show what is known now
detail-never_seen = never seen
detail-withdrawn = signed off by the phone
detail-ended = ended by an administrator
detail-overdue = renewal overdue
detail-unconfirmed = not heard from since our restart
devices-show-shared = shared

## Devices: assigning a line

devices-assign-which = Line
devices-assign-known = A user of { $site }
devices-assign-user = User
devices-assign-choose = Choose a user
devices-assign-none = This site has no users yet: make the first one.
devices-assign-more = Only the first { $count } users are listed.
devices-assign-submit = Assign line
devices-assign-new = A new user
devices-assign-new-hint = A person, a room or a queue.
devices-assign-name = Name
devices-assign-extension = Extension
devices-assign-number = Number
devices-assign-number-hint = In international form: +33 4 78 00 00 00
devices-assign-make = Make the user and assign the line
devices-assign-done = Line { $port } is assigned to { $user }. New credentials let the phone use it.
devices-unassign-title = Withdraw line { $port } from { $user }?
devices-unassign-text = Its registrations end at once and its credentials no longer work. The user remains.
devices-unassign-submit = Withdraw line
devices-unassign-done = Line { $port } is available again.

## Devices: new credentials

# used-by-code: devices-credentials-*
devices-credentials-title = New credentials
devices-credentials-ask = New credentials for line { $port }
devices-credentials-ask-text = They are for { $user }, and are shown this once. Type them into the phone.
devices-credentials-old = The old ones stay valid until the phone has registered with the new, at most 24 hours.
devices-credentials-make = Make new credentials
devices-credentials-once = You will not see this password again
devices-credentials-once-text = Type it into the phone or copy it now. It is kept sealed here, and nobody can read it back; new ones can be made at any time.
devices-credentials-line = Line { $port } of { $device }, { $user }
devices-credentials-username = User name
devices-credentials-password = Password
devices-credentials-domain = Domain
devices-credentials-registrar = Registrar
devices-credentials-copy = Copy: { $what }
devices-credentials-done = I have noted them

## Devices: removing one

devices-remove-title = Remove { $device }?
devices-remove-lines =
    { $count ->
        [one] { $count } line is taken back from its user.
       *[other] { $count } lines are taken back from their users.
    }
devices-remove-no-lines = No line is assigned, so nobody loses a telephone.
devices-remove-registrations = Its registrations end at once; it can neither call nor be called.
devices-remove-credentials = Its credentials no longer work.
devices-remove-users = Its users remain, and can be given another line.
devices-remove-submit = Remove Device

## The timeline: what happened to a device. $port is 0 where no line is concerned.

# used-by-code: timeline-*
timeline-added =
    { $port ->
        [0] Added to the inventory
       *[other] Added to the inventory
    }
timeline-line_assigned =
    { $port ->
        [0] A line was assigned
       *[other] Line { $port } was assigned
    }
timeline-line_unassigned =
    { $port ->
        [0] A line was withdrawn
       *[other] Line { $port } was withdrawn from its user
    }
timeline-new_credentials =
    { $port ->
        [0] New credentials were made
       *[other] New credentials for line { $port }
    }
timeline-registered =
    { $port ->
        [0] Registered
       *[other] Line { $port } registered
    }
timeline-re_registered =
    { $port ->
        [0] Registered from a further address
       *[other] Line { $port } registered from a further address
    }
timeline-restarted =
    { $port ->
        [0] The phone restarted
       *[other] The phone restarted (line { $port })
    }
timeline-withdrew =
    { $port ->
        [0] The phone signed off
       *[other] The phone signed line { $port } off
    }
timeline-aged =
    { $port ->
        [0] Aged: not renewed in time
       *[other] Line { $port } aged: not renewed in time
    }
timeline-ended =
    { $port ->
        [0] Registrations were ended by an administrator
       *[other] Registrations of line { $port } were ended by an administrator
    }
timeline-changed =
    { $port ->
        [0] Its description was changed
       *[other] Its description was changed
    }
timeline-reboot_requested = Reboot asked for
timeline-by = by { $user }
timeline-by-acting = by { $user } of { $party }, acting for { $customer }
timeline-reboot_accepted = The phone accepted the reboot
timeline-reboot_refused = The phone refused the reboot
timeline-reboot_no_answer = The phone did not answer the reboot
timeline-reboot_not_possible = The reboot was not possible
timeline-went_away = It went away for its reboot
timeline-came_back = It restarted and is back
timeline-not_restarted = It accepted the reboot, but did not restart
timeline-not_back = It has not come back from its reboot
timeline-reboot_superseded = A later reboot took the place of an earlier one

## Device status: the phone is asked

check-ask = Ask the phone now
check-again = Check again
check-asking = Asking the phone…
check-known = what is known now
check-checked = checked at
check-registered = Last registration
check-until = Registered until
check-contact = Contact address
check-answer = Answer to the test
check-answered = answered in { $ms } ms (SIP { $code })
check-no_answer = no answer to the test
check-no_path = no way to it: its connection is closed
check-busy = not asked: too many tests are under way
check-not-asked = not asked yet
check-no-contact = none
check-silent = A phone that does not answer the test stays registered until its registration expires: it may still be reachable for calls.
check-gateway = “Registered” does not prove that a telephone is plugged in to this gateway.
check-viewer = Your role may read this, but not ask the phone.
check-unavailable = Too many tests are under way. Try again in a moment.
check-close = Close

## Rebooting a device

devices-action-reboot = Reboot Device
reboot-title = Reboot { $device }?
reboot-people = Until it is back, these people and numbers are without telephone, emergency calls included:
reboot-nobody = No line of it is assigned: nobody is left without telephone.
reboot-call = Whether a call is up cannot be known. If one is, it may be cut.
reboot-only = Only this device is asked; other phones of the same people are not.
reboot-conditional = A phone of this model may accept and, rightly, not restart: for instance if its configuration has not changed, or if its settings forbid it.
reboot-gateway = It is a gateway: the telephones plugged in to it are all without service meanwhile.
reboot-critical = This device is marked critical: lift, alarm or reception.
reboot-unreachable = It has no live contact: it cannot be asked now.
reboot-progress-title = Reboot of { $device }
reboot-last = Last reboot
reboot-by = asked for by { $user }
reboot-phrase = The phone’s own words:
reboot-refresh = Show how it stands now
reboot-again = Reboot again
# used-by-code: reboot-step-*
reboot-step-requested = Requested
reboot-step-accepted = Accepted by the phone
reboot-step-down = Went away
reboot-step-back = Back
reboot-step-back-in = Back in { $seconds } s
reboot-step-done = done:
reboot-step-failed = failed:
# used-by-code: reboot-said-*
reboot-said-requested = Asked for.
reboot-said-sent = The phone has been asked; it has not answered yet.
reboot-said-accepted = The phone has accepted. That alone proves nothing: now it must go away and come back.
reboot-said-down = The phone has gone away. It is not back yet.
reboot-said-back = The phone restarted; it is back after { $seconds } s.
reboot-said-refused-not_supported = The phone refused (SIP { $code }): it does not know this request, or has it switched off.
reboot-said-refused-busy = The phone refused (SIP { $code }): not now, for instance because a call is up.
reboot-said-refused-bad_credentials = The phone refused (SIP { $code }): it wanted a password, and did not take the line’s.
reboot-said-refused-stale = The phone refused (SIP { $code }): nobody of this name is at this contact any more.
reboot-said-refused-other = The phone refused (SIP { $code }).
reboot-said-no_answer = The phone did not answer.
reboot-said-interrupted = This server was restarted before it was known what the phone did.
reboot-said-not_restarted = The phone accepted, but did not restart: it was there all the time.
reboot-said-not_back = The phone accepted, but has not come back.
reboot-said-not_possible-no_contact = Not possible: the device has no live contact.
reboot-said-not_possible-unknown_type = Not possible: how to ask a device of this type is not known.
reboot-said-not_possible-no_path = Not possible: the connection to the phone is closed.
reboot-said-not_possible-too_many = Not possible now: too many requests are under way.
reboot-said-superseded = A later reboot of the same device took its place.
# used-by-code: reboot-next-*
reboot-next-requested = Nothing is to be done yet.
reboot-next-sent = Wait up to half a minute.
reboot-next-accepted = Wait; the page follows by itself.
reboot-next-down = Wait; a phone takes one to three minutes, a DECT base up to five.
reboot-next-back = Nothing more is to be done.
reboot-next-refused-not_supported = Switch on restarting by SIP (“check-sync”) in the phone’s settings, or restart it by hand.
reboot-next-refused-busy = Try again later.
reboot-next-refused-bad_credentials = Check that the phone has the password of its line, or switch off the authentication of NOTIFY in its settings.
reboot-next-refused-stale = Wait until it registers anew, then try again.
reboot-next-refused-other = Try again later, or restart it by hand.
reboot-next-no_answer = Check its power and its network; the device status shows whether it answers at all.
reboot-next-interrupted = Look at the device’s status and timeline; if it did not restart, ask again.
reboot-next-not_restarted = Some models restart only if their configuration has changed, or only outside of a call. Check its settings, or restart it by hand.
reboot-next-not_back = Go and look: power, network cable, network port. Its lines are without telephone.
reboot-next-not_possible-no_contact = Check its power and its network. Once it registers, it can be asked.
reboot-next-not_possible-unknown_type = Restart it by hand.
reboot-next-not_possible-no_path = Wait until it registers again, then try again.
reboot-next-not_possible-too_many = Try again in a moment.
reboot-next-superseded = Look at the later one.

## Files: what stands in the export of devices

# used-by-code: csv-*
csv-device-mac = MAC address
csv-device-device_type = Device type
csv-device-lines_available = Available lines
csv-device-site = Site
csv-device-name = Name
csv-device-status = Status
csv-device-status_detail = Status detail
csv-device-status_since = Since
csv-device-lines_total = Lines
csv-device-lines_registered = Registered lines
csv-device-assigned_to = Users
csv-device-last_registered_at = Last registration
csv-device-ip = IP address
csv-device-user_agent = User agent
csv-device-serial = Serial number
csv-device-inventory_id = Inventory ID
csv-device-note = Note
csv-device-customer = Customer
csv-device-device_id = Device ID
csv-device-checked_at = Checked at
csv-zone = { $heading } ({ $zone })
csv-state-registered = registered
csv-state-aged = aged
csv-state-unregistered = unregistered
csv-detail-no_line = no line assigned
csv-file-devices = devices
csv-file-all-sites = all
devices-export = Export
devices-export-all = Export all devices
devices-export-shown = Export the results shown
devices-export-all-columns = Export all devices with all columns
devices-export-shown-columns = Export the results shown with all columns

## When a page cannot be shown

problem-not_found-title = This page does not exist
problem-not_found-text = It was removed, the address is not quite right, or it is not yours to see.
problem-forbidden-title = Your role does not allow this
problem-forbidden-text = An administrator of your organization can do it, or give you the right.
problem-conflict-title = This is not possible as things stand
problem-too_many-title = Too many tries
problem-unavailable-title = The service cannot answer at this moment
problem-internal-title = Something went wrong on our side
problem-internal-text = Nothing that you entered caused it. Try again; if it stays, give the number below to your support.
problem-invalid-title = This address cannot be read
problem-request = Request number
problem-back = Back to the devices


# Page texts end here; what follows are errors by code, the audit log, the command line.

## Errors, by code. The same words stand in a page and in a problem document.
# used-by-code: error-*
error-invalid = Some of it is not right: see what is said of each field.
error-not_found = There is nothing of that kind, or it is not yours to see.
error-forbidden = Your role does not allow this.
error-feature_disabled = { $why } { $who }
error-stale = Somebody else changed it meanwhile. Look at it again, then decide.
error-unauthenticated = Not signed in, or the credentials are wrong.
error-too_many =
    { $seconds ->
        [one] Too many tries. Try again in { $seconds } second.
       *[other] Too many tries. Try again in { $seconds } seconds.
    }
error-unavailable =
    { $seconds ->
        [one] The service cannot answer now. Try again in { $seconds } second.
       *[other] The service cannot answer now. Try again in { $seconds } seconds.
    }
error-internal = Something went wrong on our side. The request number helps to find out what.
error-not_a_session = A token is no session: it cannot sign out or act for a customer. To end a token, withdraw it.

# About fields
error-required = This is needed.
error-too_long = At most { $max } characters.
error-forbidden_character = It contains a control character or an invisible one. Type it anew instead of pasting it.
error-unknown_value = “{ $value }” is not one of the words that are possible here.
error-mac_missing = The MAC address is missing. It is on the label under the phone: twelve digits and letters from A to F.
error-mac_malformed = “{ $value }” is not a MAC address. It has twelve digits and letters from A to F, such as 00:15:65:ab:cd:ef.
error-mac_spreadsheet_number = A spreadsheet turned this address into the number “{ $value }”, and its digits are lost. Type it as on the label, in a column formatted as text.
error-mac_not_a_device = “{ $value }” is no phone’s address: it is empty, or stands for many devices at once.
error-mac_not_for_type = Devices of this type have no MAC address here. Leave it empty.
error-mac_taken =
    { $where ->
        [here] { $mac } is already in the inventory, at the site { $site }.
       *[elsewhere] { $mac } is in use elsewhere.
    }
error-device_type_unknown = There is no device type “{ $value }”.
error-device_type_not_approved = { $type } is not approved at the site { $site }. Your provider can approve it.
error-type_not_approved_above = { $type } is not approved above, so that it cannot be approved here.
error-line_taken =
    { $known ->
        [yes] This line belongs to { $user } (extension { $extension }). Unassign it first.
       *[no] This line belongs to somebody already. Unassign it first.
    }
error-user_other_site = This user belongs to another site than the device.
error-algorithm_unknown = “{ $value }” is not a hash algorithm that we know: MD5 or SHA-256.
error-extension_malformed = An extension has 1 to 15 digits and nothing else.
error-extension_taken = The extension { $value } is in use at this site.
error-number_malformed = A number begins with + and the country, such as +33 4 78 00 00 00.
error-email_malformed = This is not an e-mail address.
error-language_unknown = The languages are en and fr.
error-time_zone_unknown = This time zone does not exist. It looks like Europe/Paris.
error-time_malformed = A time is written like 2026-11-23T09:02:00Z.
error-expires_in_the_past = This moment has passed.
error-site_name_taken = The customer has a site of this name.
error-not_a_customer = Choose a customer: this party is none.
error-site_not_empty = The site is not empty (devices: { $devices }, users: { $users }). Move or remove them first.
error-party_kind_unknown = A party is a provider, an operator or a customer.
error-kind_not_below_parent = A party of this kind cannot stand below that one.
error-sip_domain_malformed = A SIP domain is a host name, such as sip.example.net.
error-sip_domain_taken = This SIP domain is in use.
error-sip_domain_missing = No party above has a SIP domain.
error-sip_domain_not_for_operator = An operator has no SIP domain of its own: providers and customers have.
error-username_malformed = A user name has at least two letters, digits or the characters . _ - @ +
error-username_taken = This user name is in use.
error-password_too_short = A password has at least { $min } characters. Several words are easier to keep in mind than signs.
error-wait_out_of_range = Whole seconds, from 0 to { $max }.
error-limit_out_of_range = From 1 to { $max }.
error-cursor_malformed = This cursor was not made here: take next of the page before.
error-cursor_of_another_list = This cursor belongs to another list: keep the same filters and order, or begin at the first page.
error-too_many_words = At most { $max } words.

# About exports
error-column_unknown = There is no column “{ $value }”.
error-column_twice = The column “{ $value }” is named more than once.

# About requests that are not read at all
error-malformed_request = The request cannot be read.
error-malformed_body = The body is not JSON: line { $line }, column { $column }.
error-body_not_an_object = The body is JSON, but not an object.
error-body_too_large = The body is too large.
error-body_too_slow = The body did not arrive in time.
error-unsupported_media_type = The body has to be JSON, and the header Content-Type has to say so.
error-method_not_allowed = This address does not know that method. The header Allow names those it knows.
error-wrong_type = This is not of the right type: { $expected }.
error-unknown_field = There is no such field.
error-unknown_parameter = There is no such parameter.
error-duplicate_parameter = This parameter is given more than once.
error-cross_site = This request came from another site, and was refused. If this is your portal, its public address is not set rightly.
error-idempotency_key_malformed = An idempotency key has 1 to 128 visible ASCII characters.
error-idempotency_key_reused = This idempotency key was used for another request.
error-idempotency_underway = The first request with this idempotency key has no answer yet.
error-idempotency_secret = This was done already. Its answer held a secret, which is shown only once.

## Doubts that do not stop the adding of a device
# used-by-code: warning-*
warning-W01 = The beginning of { $mac } belongs to { $maker }, which does not make the { $type }.
warning-W02 = { $mac } was set by software, not by a maker: is it a phone’s own address?

## Features that one party switches for those below
# used-by-code: feature-*
feature-line_state_export = Export of line states
feature-device_import = Import of devices
feature-device_reboot = Reboot of devices
feature-api_tokens = API tokens
feature-provisioning = Configuration of phones

## The page about the API

# used-by-code: api_docs-*
nav-api_docs = API
api_docs-title = API reference
api_docs-lead = Everything that these pages show and do can be asked for by a program, too. This is made of the OpenAPI document of this portal, version { $version }.
api_docs-in-english = Operations and fields are described in English.
api_docs-document = OpenAPI document (JSON)
api_docs-contents = Contents
api_docs-conventions = What holds for everything
api_docs-objects = Objects
api_docs-objects-text = What several operations send or answer.
api_docs-one-of = One of:
api_docs-link = Link to
api_docs-access-open = Nobody needs to be signed in.
api_docs-access-session = With a session only.
api_docs-access-any = With a session or a token.
api_docs-parameters = Parameters
api_docs-body = Body
api_docs-call = How to call it
api_docs-answer = Answer
api_docs-refusals = Refusals and their codes
api_docs-example = Example
api_docs-name = Name
api_docs-type = Type
api_docs-meaning = Meaning
api_docs-required = required
api_docs-in-path = in the path
api_docs-in-query = in the query
api_docs-in-header = header
api_docs-asking = Who is asking
api_docs-asking-text =
    A program sends a token, as `Bearer tnl_…` in the header `Authorization`. It acts for the portal user who made it, with at most that user’s role, until it expires or is withdrawn. A browser signs in with `POST /api/v1/session` and keeps a cookie; the session ends after 30 minutes without use, and after 12 hours in any case.

    A changing request that a browser sends for another site is refused with 403 `cross_site`.
api_docs-visible = What one may see
api_docs-visible-text =
    An account sees its party and everything below it. What is foreign is answered like what does not exist: 404 `not_found` when its id stands in the path or the query, 422 at the field when it stands in the body. Where the role is too small the answer is 403 `forbidden`, and where a feature is switched off, 403 `feature_disabled`.

    The roles are `viewer`, `support`, `manager` and `admin`; each may what the one before may.
api_docs-values = Requests, ids and times
api_docs-values-text =
    Requests and answers are JSON in UTF-8, unless an operation says otherwise. An answer may gain fields; ignore what you do not know. An unknown field or parameter in a request is an error.

    An id is a UUID; take it as opaque. A time is RFC 3339 in UTC: `2026-11-23T09:02:00.000Z`. A MAC address is read in every usual notation and answered as twelve lower-case hexadecimal digits.
api_docs-errors = Errors
api_docs-errors-text =
    An error is `application/problem+json` (RFC 9457). `code` is stable and made for programs; `detail` and `message` are for people, in English or French as `Accept-Language` asks. `errors` names every wrong field at once.

    Quote `request_id`, which is also in the header `x-request-id`, when you report a problem: it finds the lines in the log.
api_docs-lists = Lists
api_docs-lists-text =
    A page has 50 rows when nothing is said, 200 at most (`limit`). Pass `next` as `after`, with the same filter and sort, for the next page; `null` means that this was the last. Cursors are opaque.
api_docs-changes = Changes
api_docs-changes-text =
    `PATCH` changes what is named and keeps the rest; `null` clears a text. What people edit carries a `version`, which is also its `ETag`: send it back as `If-Match`, and the answer is 412 `stale` if somebody was faster. Without `If-Match` the last one wins.
api_docs-again = Asking twice
api_docs-again-text =
    A `POST` may carry `Idempotency-Key`: up to 128 visible characters of your choice. The same request with the same key within a day is not carried out again; it gets the first answer, with the header `Idempotent-Replayed`. A secret is never stored, and hence never answered twice.
api_docs-events = Events
api_docs-events-text =
    `GET /api/v1/events` is a stream of server-sent events of what you may see. After a break, send the id of the last event as `Last-Event-ID`. When the stream says `reset`, read the lists again.

## Help

# used-by-code: help-group-*
nav-help = Help
help-title = Help
help-lead = One article for each task, in the words of these pages.
help-group-start = To begin with
help-group-phones = Phones, day by day
help-group-inventory = The inventory
help-group-administration = Administration
help-all = All articles
help-contents = In this article
help-near = On the same matter
help-about = Help: { $title }
help-new-tab = (opens in a new tab)
help-state = More on “{ $state }”
## What is switched off says who can switch it on
feature_off-switched = “{ $feature }” is switched off for { $party }.
feature_off-never = “{ $feature }” has not been switched on for { $party }.
feature_off-missing = “{ $feature }” does not exist yet.
feature_off-who = The administrators of { $who } can switch it on.
feature_off-platform = Whoever runs this installation can switch it on.
feature_off-contact = { $party }: { $reached }
feature_off-manage = Open it in Party Manager
error-feature_missing = This does not exist yet and cannot be switched on.

## Party Manager: what is set for the parties below, by those above

# used-by-code: party-kind-*
# used-by-code: party-about-*
party-title = Party Manager
party-intro = Features and approved device types of the parties below yours.
party-own = Your own: { $party }
party-search = Search
party-search-hint = Name of a party
party-find = Search
party-kind = Kind
party-all-kinds = All kinds
party-kind-platform = Platform
party-kind-provider = Provider
party-kind-operator = Operator
party-kind-customer = Customer
party-only-below = Only below { $party }
party-name = Name
party-place = Below
party-set-here = Set here
party-set-nothing = nothing
party-set = { $feature }: { $state }
party-on = on
party-off = off
party-none = There is no party here.
party-unfound = Nothing found for “{ $searched }”
party-show-all = Show all parties
party-below = Parties below
party-back = Back without saving
party-the-platform = the platform
party-the-catalogue = the catalogue
party-features = Features
party-set-by = Set by the administrators of { $party }.
party-set-by-nobody = Nobody stands above the platform: its defaults hold.
party-about-line_state_export = Export Device Status on the Line States page, and the same in the API.
party-about-device_import = Add many devices at once from a .csv file.
party-about-device_reboot = Reboot Device, and the same in the API.
party-about-api_tokens = Programs sign in with a token. Switched off, tokens that exist stop working.
party-state-on = On
party-state-off = Off
party-choice-inherit = Inherited ({ $state }, from { $party })
party-choice-default = Inherited ({ $state }, the default)
party-choice-on = On
party-choice-off = Off
party-why-default-on = By default: nobody has set it.
party-why-default-off = By default: nobody has switched it on.
party-why-on-here = Switched on here.
party-why-off-here = Switched off here, and so for all below.
party-why-on-above = Inherited from { $party }.
party-why-off-above = Switched off at { $party }: nobody below can switch it on.
party-save = Save
party-saved-features = The features are saved. They hold from now on, on pages that are open as well.
party-saved-types = The approved device types are saved.
party-saved-contact = The contact is saved.
party-sites = Sites
party-sites-about = Each may have a list of its own.
party-no-sites = No site yet.
party-more-sites = More sites
party-types = Approved device types
party-types-of =
    { $count ->
        [one] { $count } of { $total } device types
       *[other] { $count } of { $total } device types
    }
party-types-own-list = A list of its own.
party-types-from = Inherited from { $party }.
party-types-catalogue = No list up to the platform: the whole catalogue.
party-types-inherited = Inherited
party-types-own-count =
    { $count ->
        [one] { $count } device type of its own
       *[other] { $count } device types of its own
    }
party-types-change = Change
party-types-change-for = Change the approved device types of { $name }
party-types-intro = Only these can be added as devices from now on. Devices that exist stay as they are.
party-types-whose = Which list holds
party-types-inherit =
    { $count ->
        [one] Inherit what { $party } has ({ $count } device type), also what is added there later
       *[other] Inherit what { $party } has ({ $count } device types), also what is added there later
    }
party-types-own = A list of its own, chosen below
party-types-search = Find a device type
party-types-unfound = No device type has this name.
party-types-count = { $chosen } of { $total } chosen
party-types-all = All
party-types-none = None
party-types-all-shown = Choose all shown
party-types-none-shown = Choose none shown
party-types-all-of = All of { $maker }
party-types-none-of = None of { $maker }
party-types-required = Choose at least one device type, or inherit the list above.
party-types-changed = Some of the chosen device types are no longer approved above. They are not chosen any more: look once more, and save.
party-taken-title = Take these device types away?
party-taken-type =
    { $count ->
        [0] { $type }: no device
        [one] { $type }: { $count } device
       *[other] { $type }: { $count } devices
    }
party-taken-devices =
    { $count ->
        [0] There is no device of these types below.
        [one] { $count } device below is of these types. It stays as it is.
       *[other] { $count } devices below are of these types. They stay as they are.
    }
party-taken-no-more = No more devices of these types can be added.
party-taken-below = Lists further below that hold these types lose them.
party-taken-back = Change the choice
party-taken-submit = Take away
party-contact = Contact
party-contact-label = How those below reach you
party-contact-hint = A telephone number, an e-mail address or a web address. It is shown where somebody below is told to ask.
party-contact-save = Save contact
party-contact-none = None is set.
devices-new-approve = Approve device types for this site
# DECT systems
# used-by-code: state-*
# used-by-code: explain-*
# used-by-code: dect-reboot-said-*
# used-by-code: dect-source-*
# used-by-code: dect-base-*
state-secondary_base = Secondary base
explain-secondary_base = This base belongs to a DECT system with other bases and has no line of its own. Lines belong to the handsets: there is nothing for it to register. This is not a fault.
explain-secondary_base-next = Whether the system works is told by the bases that have lines.
dect-secondary = of { $system }: lines belong to the handsets
csv-device-dect_chain_id = Multi Cell Chain ID
dect-title = DECT systems
dect-system = DECT system
dect-chain = Multi Cell Chain ID
dect-chain-copy = Copy the Multi Cell Chain ID
dect-chain-hint = 1 to 10 digits, as set in the bases of this system. Leave it empty when you do not know it.
dect-chain-default = factory default, not unique
dect-chain-default-hint = 512 is what every base has as it leaves the factory. Two systems within reach of each other must not both have it.
dect-source-entered = entered
dect-source-not_set = not set
dect-new = New DECT system
dect-new-submit = Create
dect-new-none = There is no DECT base here. Add one first.
dect-new-where = Open one of the customer’s DECT bases and create the system from there.
dect-hint = Bases of one customer that hand calls over to one another. They may stand in several buildings.
dect-name = Name
dect-customer = Customer
dect-bases = Bases
dect-bases-none = This system has no bases.
dect-bases-count =
    { $count ->
        [one] { $count } base
       *[other] { $count } bases
    }
dect-bases-elsewhere =
    { $count ->
        [one] { $count } more base stands at a site that you do not see.
       *[other] { $count } more bases stand at sites that you do not see.
    }
dect-bases-choose = Bases of this system
dect-bases-moves = now in { $system }
dect-base = Base
dect-site = Site
dect-edit = Change
dect-edit-title = Change the DECT system
dect-save = Save
dect-add = Add a base
dect-add-choose = Choose a base
dect-add-none = Every DECT base of this customer that you see is in this system.
dect-add-submit = Add
dect-remove-base = Take out
dect-remove-base-named = Take { $device } out of the system
dect-remove-base-title = Take { $device } out of { $system }?
dect-remove-base-stays = The base stays in the inventory, with its lines.
dect-remove-base-system = The system stays, even when it has no bases left.
dect-remove-base-phone = Nothing changes in the base itself: its settings still name the system.
dect-delete = Delete the system
dect-delete-title = Delete { $system }?
dect-delete-bases = Its bases stay in the inventory, on their own.
dect-delete-chain = Its name and its Multi Cell Chain ID are gone.
dect-empty-title = No DECT systems yet
dect-empty-text = A DECT system groups the bases that hand calls over to one another. Open a DECT base to create one.
dect-end-title = No more systems
dect-first = First page
dect-next = Next page
dect-back = DECT systems
dect-section = DECT
dect-alone = This base is in no DECT system.
dect-others = Other bases
dect-others-none = none
dect-others-more = and { $count } more
dect-create-here = Create a DECT system with this base
dect-all = All DECT systems
dect-stale = Somebody changed the system meanwhile. Look at what it says now, then save again.
dect-reboot = Reboot the system
dect-reboot-title = Reboot { $system }?
dect-reboot-one = Its bases restart one after the other: the next only when the one before is up. A base takes up to five minutes.
dect-reboot-stops = It stops as soon as a base does not come back.
dect-reboot-calls = Calls over a base that restarts are cut, emergency calls included. Nobody knows whether a call is up.
dect-reboot-critical =
    { $count ->
        [one] { $count } base is marked critical and is left out. Reboot it by itself.
       *[other] { $count } bases are marked critical and are left out. Reboot them by themselves.
    }
dect-reboot-unreachable = A base without a live contact cannot be asked; it is passed over.
dect-reboot-progress = Reboot of { $system }
dect-reboot-last = Last reboot of the system
dect-reboot-said-running = One base after the other is restarting.
dect-reboot-said-done = Every base had its turn.
dect-reboot-said-not_back = Stopped: a base did not come back. The others were left alone.
dect-reboot-said-no_answer = Stopped: a base gave no answer, and nobody knows whether it restarts. The others were left alone.
dect-reboot-said-superseded = Stopped: somebody rebooted a base meanwhile.
dect-reboot-said-interrupted = Stopped: this server was restarted before it was done. Look at each base, then ask again.
dect-reboot-said-refused = Stopped: the next base may no longer be rebooted, or rebooting was switched off.
dect-base-waiting = waiting for its turn
dect-base-left_alone = left alone
dect-base-requested = requested
dect-base-sent = asked
dect-base-accepted = accepted; restarting
dect-base-down = offline
dect-base-back = back
dect-base-refused = refused
dect-base-no_answer = no answer
dect-base-not_restarted = did not restart
dect-base-not_back = has not come back
dect-base-not_possible = not possible
dect-base-superseded = rebooted by somebody else
error-chain_id_malformed = “{ $value }” is not a chain ID: 1 to 10 digits.
error-chain_id_taken = Chain ID { $chain_id } belongs to the system “{ $system }” of the same customer.
error-not_a_dect_base = { $device } is not a DECT base.
error-dect_base_of_another_customer = { $device } belongs to another customer.
error-dect_system_full = A DECT system has { $max } bases at most.
error-dect_system_without_bases = No base of this system may be asked: it has none, or all are marked critical.
error-dect_reboot_underway = A reboot of this system is under way.
# Line states as a file
# used-by-code: csv-line-* csv-endpoint-* csv-answer-*
csv-line-customer = Customer
csv-line-site = Site
csv-line-mac = MAC address
csv-line-device_name = Device name
csv-line-device_type = Device type
csv-line-port = Port
csv-line-line_port = SIP address
csv-line-primary = Primary
csv-line-endpoint = Kind of port
csv-line-label = User
csv-line-extension = Extension
csv-line-phone_number = Number
csv-line-state = State
csv-line-state_detail = State detail
csv-line-state_since = Since
csv-line-registered_at = Last renewal
csv-line-expires_at = Expiry
csv-line-bindings = Contacts
csv-line-contact_ip = Contact address
csv-line-contact_port = Contact port
csv-line-transport = Transport
csv-line-user_agent = User agent
csv-line-dect_chain_id = Multi Cell Chain ID
csv-line-checked_at = Checked at
csv-endpoint-primary = primary
csv-endpoint-shared = shared
csv-endpoint-ata = analogue adapter
csv-endpoint-dect = DECT handset
csv-answer-true = yes
csv-answer-false = no
csv-file-lines = lines

## The export of line states: why there is none, where it stands, its place on the page
# used-by-code: export-said-*
error-customer_needed = Line states are exported for one customer: name it.
error-export_parallel =
    { $seconds ->
        [one] Two of your exports are under way already. Try again in { $seconds } second.
       *[other] Two of your exports are under way already. Try again in { $seconds } seconds.
    }
error-export_window =
    { $seconds ->
        [one] You, or somebody of this customer, began an export a moment ago. Try again in { $seconds } second.
       *[other] You, or somebody of this customer, began an export a moment ago. Try again in { $seconds } seconds.
    }
error-export_customer_waits =
    { $seconds ->
        [one] Another export of this customer is waiting in the queue. Try again in { $seconds } second.
       *[other] Another export of this customer is waiting in the queue. Try again in { $seconds } seconds.
    }
error-export_queue_full =
    { $seconds ->
        [one] Too many exports are waiting. Try again in { $seconds } second.
       *[other] Too many exports are waiting. Try again in { $seconds } seconds.
    }
error-export_timed_out = The export waited in the queue for too long and was given up. Try again later.
error-export_not_ready = This export has no file, or not yet.
export-said-delayed =
    { $seconds ->
        [one] Another of your exports is under way: this one goes on in { $seconds } second.
       *[other] Another of your exports is under way: this one goes on in { $seconds } seconds.
    }
export-said-queued =
    { $place ->
        [1] First in the queue.
        [2] Second in the queue.
        [3] Third in the queue.
       *[other] Number { $place } in the queue.
    }
export-said-running = The states are being read.
export-said-ready = The file is ready.
export-said-failed = The export failed on our side. Nothing was downloaded.
export-said-shared-waiting = Another request for the same rows waits with it.
export-said-shared =
    { $seconds ->
        [0] Shared with an export that has just begun.
        [one] Shared with an export of { $seconds } second ago.
       *[other] Shared with an export of { $seconds } seconds ago.
    }
export-said-shared-with =
    { $seconds ->
        [0] Shared with an export that { $name } has just begun.
        [one] Shared with an export of { $seconds } second ago, asked for by { $name }.
       *[other] Shared with an export of { $seconds } seconds ago, asked for by { $name }.
    }
export-button = Export Device Status
export-button-hint = All rows of this filter, as a CSV file
export-no-customer = Choose a customer to export its line states.
export-follow-asking = The export is being asked for.
export-follow-download = Download the file
export-follow-until = The file is kept for five minutes.
export-follow-again = Try again
export-follow-countdown = Tries again by itself in { $seconds } s.
export-follow-lost = The connection is lost. The export goes on; this page looks again.
export-follow-gone = This export is no longer remembered.
export-follow-status = HTTP status { $status }
export-follow-failure = Number of the failure: { $id }
export-again-title = The export did not happen
export-party = Customer whose line states are exported
export-list = Your exports
export-follow-unsent = The export could not be asked for. Try again.
export-again-back = Back to the line states
# The page of line states
# used-by-code: line_states-column-*
line_states-title = Line States
line_states-port = Port
line_states-user = User
line_states-extension = Extension, number
line_states-state = State
line_states-since = Since
line_states-renewed = Last renewal
line_states-expires = Expiry
line_states-column-customer = Customer
line_states-column-address = Address
line_states-column-agent = User agent
line_states-more-contacts =
    { $count ->
        [one] and { $count } more
       *[other] and { $count } more
    }
line_states-total =
    { $count ->
        [one] { $count } line
       *[other] { $count } lines
    }
line_states-total-more = more than { $count } lines
line_states-keys-next = next line
line_states-keys-previous = previous line
line_states-keys-open = open its device
line_states-keys-state = on to what its state means
line_states-empty-title = No lines yet
line_states-empty-text = Every device appears here with each of its lines and whether it is registered. Add the first device, then assign its lines to users.
line_states-empty-viewer = As soon as somebody adds a device, its lines will be here with their states.
line_states-unfound-filters = The filters hide lines as well.
line_states-unmatched-title = No line matches these filters
line_states-unmatched-text = There are lines, but none to which all of the filters apply.
line_states-end-title = No more lines
## Imports: what is wrong with a file or a row of it, by code

# used-by-code: import-F*
# used-by-code: import-R*
# used-by-code: import-W*
# used-by-code: import-N*
# used-by-code: import-kind-*
import-F01 = The file is empty.
import-F02 = The file is { $size }; the limit is 200 MiB.
import-F03 = The text encoding is not recognised. Save as “CSV UTF-8”.
import-F04 = This is a { $kind } file, not CSV. In Excel: File > Save as > CSV UTF-8.
import-F05 = Column “{ $header }” is missing. Found: { $list }.
import-F06 = Column “{ $header }” appears twice.
import-F07 = A quote opened on line { $n } is never closed.
import-F08 = { $n } rows; the limit is { $max }. Split the file.
import-F09 = { $n } columns; the limit is 64.
import-F10 = This workbook unpacks to more than { $max }. Save it as “CSV UTF-8”.
import-R01 = The MAC address is missing.
import-R02 = “{ $value }” is not a MAC address: 12 digits 0-9, A-F are expected.
import-R03 = { $mac } cannot belong to a device (zero, broadcast or multicast).
import-R04 = The spreadsheet turned this address into the number “{ $value }”; it cannot be recovered. Write it with colons.
import-R05 = “{ $value }” has { $n ->
        [one] { $n } digit
       *[other] { $n } digits
    }: the spreadsheet seems to have dropped leading zeros. Did you mean { $suggestion }?
import-R05-bare = “{ $value }” has { $n ->
        [one] { $n } digit
       *[other] { $n } digits
    }: the spreadsheet seems to have dropped leading zeros.
import-R06 = { $mac } is already on line { $n } of this file.
import-R07 = { $mac } is not available: it is declared elsewhere, outside your access. Ask for its release.
import-R08 = { $mac } already exists with other values ({ $fields }). Choose “add and update” to change it.
import-R09 = The device type is missing.
import-R10 = Device type “{ $value }” is unknown. Nearest: { $suggestion }.
import-R10-bare = Device type “{ $value }” is unknown.
import-R11 = Type “{ $type }” is not approved for site “{ $site }”.
import-R12 = The site is missing.
import-R13 = Site “{ $value }” does not exist or is outside your access.
import-R14 = “{ $value }” matches several { $of ->
        [types] types
       *[sites] sites
    }: { $list }. Use the code.
import-R15 = The type cannot change from { $a } to { $b }: { $n ->
        [one] { $n } line is assigned
       *[other] { $n } lines are assigned
    }.
import-R16 = The site cannot change: { $n ->
        [one] { $n } line is assigned
       *[other] { $n } lines are assigned
    } at “{ $site }”.
import-R17 = “{ $field }” has { $n } characters; the limit is { $max }.
import-R18 = “{ $field }” contains a forbidden character ({ $code }).
import-R19 = Serial number “{ $value }” is already used by { $mac }.
import-R20 = The limit of { $max } devices for { $scope } is reached.
import-R21 = The row has { $n } cells, the header { $m }. Quote values that contain “{ $sep }”.
import-R22 = Changed by { $who } since the check. Check again.
import-R23 = Type “{ $type }” takes no MAC address.
import-R24 = Type “{ $type }” has no MAC address: give a name not yet used at this site.
import-R26 = The DECT system of this base would have more than { $max } bases.
import-R25 = “{ $value }” is not a chain ID (1 to 10 digits), or type “{ $type }” is not a DECT base.
import-W01 = The prefix of { $mac } belongs to { $maker }, the type is { $type }.
import-W02 = { $mac } is locally administered (not a maker’s address).
import-N01 = Columns ignored: { $list }.
import-N02 = Read-only columns ignored: { $list }.
import-N03 = Read as Windows-1252. Check the accents in the names below.
import-kind-xls = Excel (.xls)
import-kind-xlsx = Excel (.xlsx)
import-kind-ods = LibreOffice (.ods)
import-kind-zip = ZIP
import-kind-pdf = PDF
import-mebibytes = { $number } MiB
import-separator-tab = tab
import-chain-id = Multi Cell Chain ID

## Import of devices

# used-by-code: imports-*
imports-menu = Import
imports-menu-template = Download .CSV template
imports-menu-instructions = Instructions
imports-menu-upload = Upload .CSV file
imports-menu-past = Past imports

imports-new-title = Upload .CSV file
imports-new-for = for { $customer }
imports-new-other = Another customer
imports-new-lead = Every row is checked first. If one is wrong, nothing is added until you say so.
imports-new-options = What shall happen
imports-mode-add = Add
imports-mode-add-hint = A device that is there already with other values is a row to fix.
imports-mode-add_and_update = Add and update
imports-mode-add_and_update-hint = Devices that are there already take the values of the file. An empty cell changes nothing.
imports-new-at-once = Add at once if every row is right
imports-new-site = All rows belong to site
imports-new-site-none = The file says the site of each row
imports-new-file = File
imports-new-file-hint = .csv, .txt or .xlsx, at most 200 MiB and 1,000,000 rows.
imports-new-drop = Drop the file here, or choose it
imports-new-dropped = { $name } is chosen.
imports-new-submit = Upload and check
imports-new-sending = { $percent } % of the file is sent.
imports-new-sent = The file is sent.
imports-new-broken = The connection broke. Nothing was added. Try again.
imports-new-file-missing = Choose a file first.
imports-new-file-many = Only one file at a time.
imports-new-paste-title = Type or scan MAC addresses
imports-new-paste-hint = One address per line. A barcode scanner ends each with Enter by itself.
imports-new-paste = MAC addresses
imports-new-paste-type = Device
imports-new-paste-site = Site
imports-new-paste-choose-type = Choose a device
imports-new-paste-choose-site = Choose a site
imports-new-paste-submit = Check the addresses
imports-new-no-site-title = No site yet
imports-new-no-site-text = A device belongs to a site. The first site is made through the API.
imports-pasted = typed list
imports-unnamed = unnamed file

imports-customer-title = For which customer?
imports-customer-lead = Devices are imported into the sites of one customer.
imports-customer-search = Customer
imports-customer-find = Search
imports-customer-none = No customer has this in its name.
imports-customer-more = There are more. Type a part of the name.

imports-progress-reading = Checking the file
imports-progress-applying = Adding the devices
imports-progress-bytes = { $read } of { $all } read
imports-progress-rows =
    { $count ->
        [one] { $count } row checked
       *[other] { $count } rows checked
    }
imports-progress-wrong =
    { $count ->
        [one] { $count } to fix
       *[other] { $count } to fix
    }
imports-progress-waits = Waits for another import of this customer to end.
imports-progress-leave = You may leave this page: the portal tells you when it is done.
imports-progress-all-or-nothing = All devices are added together, or none.
imports-progress-bar = Part of the file that is read
imports-cancel = Cancel the import

imports-results-title = Result of the check
imports-applied-title = Import done
imports-failed-title = The file could not be imported
imports-expired-title = This import has expired
imports-cancelled-title = This import was cancelled
imports-undone-title = This import was undone
imports-rows =
    { $count ->
        [one] { $count } row
       *[other] { $count } rows
    }
imports-comments =
    { $count ->
        [one] { $count } comment line skipped
       *[other] { $count } comment lines skipped
    }
imports-encoding = encoding { $encoding }
imports-separator = separator “{ $separator }”
imports-separator-tab = separator tab
imports-workbook = first sheet of the workbook
imports-applied-before = This same file was imported at { $time } by { $who }.
imports-nothing-yet = Nothing has been added yet
imports-nothing-left = Nothing was added.
imports-until = Waits for your decision until
imports-outcome-create = To add
imports-outcome-update = To change
imports-outcome-unchanged = Already there
imports-outcome-rejected = To fix
imports-done-create = Added
imports-done-update = Changed
imports-done-unchanged = Already there
imports-done-rejected = Not added
imports-outcomes = Rows by outcome
imports-download =
    { $count ->
        [one] Download the row to fix (.csv)
       *[other] Download the { $count } rows to fix (.csv)
    }
imports-download-all = Download the result (.csv)
imports-apply-valid =
    { $count ->
        [one] Add the valid device
       *[other] Add the { $count } valid devices
    }
imports-apply-add =
    { $count ->
        [one] Add { $count } device
       *[other] Add { $count } devices
    }
imports-apply-change =
    { $count ->
        [one] Change { $count } device
       *[other] Change { $count } devices
    }
imports-apply-both = { $added }, { $changed }
imports-apply-added =
    { $count ->
        [one] Add { $count }
       *[other] Add { $count }
    }
imports-apply-changed =
    { $count ->
        [one] change { $count }
       *[other] change { $count }
    }
imports-apply-nothing = There is nothing to add: every right row is in the inventory already.
imports-another = Upload another .CSV file
imports-fix-first = Fix these rows in the file and upload it again: what is there already stays as it is.
imports-discard = Discard this import
imports-column-line = Line
imports-column-column = Column
imports-column-value = Value
imports-column-problem = Problem
imports-column-device = Device
imports-column-site = Site
imports-column-change = Change
imports-row-whole = whole row
imports-row-empty = empty
imports-row-to = becomes
imports-rows-none = No row of this kind.
imports-next = Next rows
imports-first = First rows
imports-rows-gone = The single rows are kept for some days only.
imports-suggestion = Did you mean { $suggestion }?
imports-notices = About the file
imports-ready = The devices are in the inventory. Their lines can be assigned.
imports-see-devices = See the devices
imports-by = by { $who }
imports-undo = Undo this import
imports-undo-until = Can be undone until
imports-undo-title = Undo the import of { $file }?
imports-undo-removes =
    { $count ->
        [one] The device that it added is removed, unless it is in use.
       *[other] The { $count } devices that it added are removed, unless they are in use.
    }
imports-undo-leaves = A device with an assigned line, or one that has registered since, stays.
imports-undo-updates = What it changed on devices that were there before stays changed.
imports-undo-again = The same file can be imported again.
imports-undo-submit = Undo
imports-undone-counts =
    { $removed ->
        [one] { $removed } device was removed.
       *[other] { $removed } devices were removed.
    }
imports-undone-left =
    { $left ->
        [one] { $left } device stays, since it is in use or has been changed.
       *[other] { $left } devices stay, since they are in use or have been changed.
    }
imports-size-bytes = { $number } bytes
imports-size-kib = { $number } KiB
imports-size-mib = { $number } MiB

imports-list-title = Past imports
imports-list-empty = Nothing has been imported yet.
imports-list-when = When
imports-list-who = Who
imports-list-file = File
imports-list-state = State
imports-list-counts = Rows
imports-list-next = Older imports
imports-list-first = Newest imports
imports-state-reading = being checked
imports-state-planned = waits for a decision
imports-state-applying = being added
imports-state-applied = done
imports-state-failed = failed
imports-state-expired = expired
imports-state-cancelled = cancelled
imports-state-undone = undone
imports-count-create =
    { $count ->
        [one] { $count } added
       *[other] { $count } added
    }
imports-count-to-create =
    { $count ->
        [one] { $count } to add
       *[other] { $count } to add
    }
imports-count-update =
    { $count ->
        [one] { $count } changed
       *[other] { $count } changed
    }
imports-count-to-update =
    { $count ->
        [one] { $count } to change
       *[other] { $count } to change
    }
imports-count-unchanged =
    { $count ->
        [one] { $count } already there
       *[other] { $count } already there
    }
imports-count-rejected =
    { $count ->
        [one] { $count } to fix
       *[other] { $count } to fix
    }

imports-told = News of your imports
imports-told-applied =
    { $count ->
        [one] { $file }: { $count } device was added.
       *[other] { $file }: { $count } devices were added.
    }
imports-told-changed =
    { $count ->
        [one] { $count } was changed.
       *[other] { $count } were changed.
    }
imports-told-nothing = { $file }: every device is in the inventory already.
imports-told-planned =
    { $count ->
        [0] { $file } is checked and waits for your decision.
        [one] { $file } is checked: { $count } row to fix. Nothing has been added yet.
       *[other] { $file } is checked: { $count } rows to fix. Nothing has been added yet.
    }
imports-told-failed = { $file } could not be imported.
imports-told-open = See the result
imports-told-dismiss = Dismiss

error-file_too_large = F02 · The file is larger than 200 MiB, the limit.
error-file_missing = Choose a file first.
error-import_not_planned = This import does not wait for a decision.
error-import_expired = This import has expired. Upload the file again.
error-import_has_rejected_rows =
    { $n ->
        [one] { $n } row is wrong. Nothing is added unless the right rows are asked for.
       *[other] { $n } rows are wrong. Nothing is added unless the right rows are asked for.
    }
error-import_not_applied = There is nothing to undo: this import has not added anything, or is still at it.
error-import_undo_expired = An import can be undone for 24 hours only.
error-import_not_read = The file is still being checked.
error-import_file_gone = The rows of this import are no longer kept.
error-too_many_imports = Many imports are under way already. Wait for one to end.

csv-file-import = import
csv-file-import-rejected = import to fix
csv-template-name = Reception
csv-template-example = example, this line is ignored
csv-template-more = and more sites

imports-help-title = How to import devices
imports-help-lead = One row, one device. Start from the template: it holds your sites and the device types that may be added there. Lines that begin with # are skipped: copy one and type the address over the #.
imports-help-columns = The columns
imports-help-column = Column
imports-help-need = Needed
imports-help-example = Example
imports-help-limit = What is allowed
imports-help-order = Any order, any case, with or without accents, in English or in French. Other columns are skipped, and the result says which.
imports-help-yes = yes
imports-help-no = no
imports-help-need-mac = yes, except for types without an address (Generic SIP)
imports-help-need-site = yes, unless all rows belong to one site that you choose when uploading
imports-help-need-chain = no; only for DECT bases, and only for those who may see it
imports-help-limit-mac = 12 digits 0-9, A-F. Colons, hyphens, points or nothing between them.
imports-help-limit-type = a name or id from the template
imports-help-limit-site = a name or code from the template
imports-help-limit-text =
    { $max ->
        [one] { $max } character
       *[other] up to { $max } characters
    }
imports-help-limit-chain = 1 to 10 digits; the same for all bases of one DECT system
imports-help-clear = An empty cell changes nothing. To empty a value of a device that is there already, write (empty).
imports-help-file = The file
imports-help-separators = Semicolon, comma or tab between the cells: it is recognised by itself.
imports-help-encodings = UTF-8, UTF-16 or Windows-1252: what Excel saves, whatever its language. An .xlsx file is read as well: its first sheet.
imports-help-limits = At most 200 MiB, 1,000,000 rows and 64 columns; an .xlsx file at most 100,000 rows.
imports-help-export = An exported list of devices can be edited and sent back.
imports-help-excel = What Excel does to MAC addresses
imports-help-excel-what = Excel takes an address without colons for a number: 001565123456 loses its zeros, 156500123456 becomes 1.57E+11. What was lost cannot be found again.
imports-help-excel-text = Before you paste, select the column, and choose the cell format “Text”.
imports-help-excel-colons = Or write the addresses with colons: 00:15:65:12:34:56 stays as it is.
imports-help-modes = Add, or add and update
imports-help-mode-add = Add: new devices are added. One that is there already with the same values is told as already there, and with other values as a row to fix.
imports-help-mode-update = Add and update: devices that are there already take the values of the file. You see each change before it is made.
imports-help-twice = Sending the same file twice harms nothing.
imports-help-check = Check, then add
imports-help-check-rows = Every row is checked, and all that is wrong is told at once, with its line and column.
imports-help-check-nothing = As long as one row is wrong, nothing is added until you choose to add the right ones, or upload a mended file.
imports-help-check-together = The right rows are added together: all of them, or none.
imports-help-undo = For 24 hours an import can be undone: the devices that it added are removed, unless a line of theirs is assigned or they have registered.
imports-help-never = What an import never does
imports-help-never-remove = It removes no device: an old file must not take telephones away.
imports-help-never-secret = It reads and writes no SIP password.
imports-help-codes = What may be wrong, and what helps
imports-help-code = Code
imports-help-message = Message
imports-help-cure = What helps
imports-help-codes-file = The file
imports-help-codes-row = One row
imports-help-codes-notice = Notices, which stop nothing

imports-cure-F01 = Upload a file with the headings and at least one row.
imports-cure-F02 = Split the file.
imports-cure-F03 = In Excel: File > Save as > “CSV UTF-8”.
imports-cure-F04 = Open it in the program that made it, and save it as “CSV UTF-8”.
imports-cure-F05 = Add the column with its heading, as in the template.
imports-cure-F06 = Keep one of the two columns.
imports-cure-F07 = Close the quote on that line, or remove it.
imports-cure-F08 = Split the file into several, each with the headings.
imports-cure-F09 = Remove the columns that are not in the template.
imports-cure-F10 = Save the sheet as “CSV UTF-8” and upload that.
imports-cure-R01 = Write the address on the label of the device.
imports-cure-R02 = Compare it with the label: 0 is no O, 1 is no I.
imports-cure-R03 = Write the address on the label of the device.
imports-cure-R04 = Type or scan the address again, with colons.
imports-cure-R05 = Compare the suggestion with the label, and write it with colons.
imports-cure-R06 = Remove one of the two rows.
imports-cure-R07 = Ask your provider to release it.
imports-cure-R08 = Correct the row, or choose “add and update”.
imports-cure-R09 = Write the type, as in the template.
imports-cure-R10 = Take the name from the template.
imports-cure-R11 = Choose another type, or have this one approved for the site.
imports-cure-R12 = Write the site, or choose one for all rows when uploading.
imports-cure-R13 = Take the name from the template.
imports-cure-R14 = Write the code instead of the name.
imports-cure-R15 = Withdraw the lines of the device first.
imports-cure-R16 = Withdraw the lines of the device first.
imports-cure-R17 = Shorten the text.
imports-cure-R18 = Remove the character: often a line break or an invisible mark.
imports-cure-R19 = Compare it with the label of the device.
imports-cure-R20 = Ask your provider for more.
imports-cure-R21 = Put the value in quotes, or remove the separator from it.
imports-cure-R22 = Upload the file again.
imports-cure-R23 = Leave the address empty.
imports-cure-R24 = Give each such device a name of its own.
imports-cure-R26 = Give some of these bases another chain ID, or leave the cell empty.
imports-cure-R25 = Write the digits shown by the base, or leave the cell empty.
imports-cure-W01 = Check that the addresses of two rows were not swapped.
imports-cure-W02 = Compare it with the label of the device.
imports-cure-N01 = Nothing needs to be done.
imports-cure-N02 = Nothing needs to be done.
imports-cure-N03 = Look at the names. If accents are wrong, save the file as “CSV UTF-8”.

## Line states: the column of chain ids
line_states-column-chain = Multi Cell Chain ID

## Acting for a customer
acting-title = Act for a customer
acting-intro = You work in the customer’s portal and see what its people see. Everything you do there carries your name and theirs. It ends by itself after an hour.
acting-search = Find a customer
acting-customer = Customer
acting-none = No customer stands below you yet.
acting-begin = Act
acting-begin-for = Act for { $customer }
acting-banner = Acting for a customer
acting-for = You act for { $customer }.
acting-ends =
    { $n ->
        [one] Ends by itself in { $n } minute.
       *[other] Ends by itself in { $n } minutes.
    }
acting-end = Stop acting
error-already_your_own = You belong to this customer already.
## Audit log, retention, personal data
# used-by-code: audit-action-*
# used-by-code: audit-group-*
# used-by-code: audit-kind-*
# used-by-code: audit-outcome-*
# used-by-code: csv-audit-*
nav-audit = Audit log
audit-title = Audit log
audit-kept = Who did what, for whom, from where. Kept for { $months } months; addresses for { $days } days.
audit-export = Export as CSV
audit-search = Search the log
audit-search-hint = Name, MAC address, word
audit-party = Party
audit-party-hint = All
audit-party-none = No party is called so.
audit-party-which = Which party do you mean?
audit-of-party = Only { $party } and what stands below.
audit-person = Person
audit-person-hint = User name
audit-action = Action
audit-all-actions = All actions
audit-all-of = All: { $group }
audit-result = Result
audit-all-results = All results
audit-outcome-ok = Done
audit-outcome-refused = Refused
audit-from = From
audit-to = To
audit-target-id = Object
audit-target-hint = Identifier
audit-find = Find
audit-none = Nothing found
audit-show-all = Show the whole log
audit-looked-through = { $count } rows were looked through so far.
audit-go-on = Look further back
audit-at = When ({ $zone })
audit-who = Who
audit-what = What
audit-address = From where
audit-details = Details
audit-field = Field
audit-before = Before
audit-after = After
audit-value = Value
audit-only = only this
audit-only-this = ({ $target })
audit-target = { $kind } { $name }
audit-by-token = by API token
audit-acting-for = acting for { $customer }
audit-actor-cli = Command line
audit-actor-system = Tonalite itself
audit-actor-erased = Erased person
audit-kind-device = Device
audit-kind-site = Site
audit-kind-party = Party
audit-kind-user = User
audit-kind-portal_user = Portal user
audit-kind-dect_system = DECT system
audit-kind-import = Import
audit-kind-export = Export
audit-kind-token = API token
audit-group-sign_in = Signing in
audit-group-portal_users = Portal users
audit-group-parties = Parties and sites
audit-group-devices = Devices
audit-group-lines = Users and lines
audit-group-files = Exports and imports
audit-group-log = Log and refusals
audit-action-session-create = Sign-in
audit-action-session-delete = Sign-out
audit-action-acting-begin = Began to work for a customer
audit-action-acting-end = Ended the work for a customer
audit-action-token-create = API token created
audit-action-token-delete = API token revoked
audit-action-portal_user-create = Portal user created
audit-action-portal_user-update = Portal user changed
audit-action-portal_user-export = Personal data of a portal user read
audit-action-portal_user-erase = Portal user erased
audit-action-party-create = Party created
audit-action-party-update = Party changed
audit-action-site-create = Site created
audit-action-site-update = Site changed
audit-action-site-delete = Site deleted
audit-action-approved_device_types-update = Approved device types changed
audit-action-fleet-create = Demo fleet added
audit-action-device-create = Device added
audit-action-device-update = Device changed
audit-action-device-delete = Device removed
audit-action-device-reboot = Device rebooted
audit-action-dect_system-create = DECT system created
audit-action-dect_system-update = DECT system changed
audit-action-dect_system-delete = DECT system deleted
audit-action-dect_system-add_base = Base added to a DECT system
audit-action-dect_system-remove_base = Base removed from a DECT system
audit-action-dect_system-reboot = DECT system rebooted
audit-action-user-create = User created
audit-action-user-export = Personal data of a user read
audit-action-user-erase = User erased
audit-action-line-assign = Line assigned
audit-action-line-unassign = Line withdrawn
audit-action-line-new_credentials = New SIP credentials
audit-action-devices-export = Devices exported
audit-action-line_states-export = Line states exported
audit-action-line_states-fetch = Export of line states downloaded
audit-action-audit-export = Audit log exported
audit-action-import-create = Import uploaded
audit-action-import-read = Import read
audit-action-import-apply = Import applied
audit-action-import-undo = Import undone
audit-action-import-cancel = Import cancelled
audit-action-import-expire = Import expired
audit-action-user-update = User changed
audit-action-user-delete = User removed
audit-action-lines-take_credentials_over = SIP credentials taken over
audit-action-site-new_credentials = New SIP credentials of a site
audit-action-party-close = Party closed
audit-action-party-reopen = Party opened again
audit-action-line-revoke_old_credentials = Former SIP credentials revoked
audit-action-request-refuse = Request refused
audit-action-audit-expire = Old entries removed
csv-audit-at = When
csv-audit-actor = Who
csv-audit-actor_id = Id of who
csv-audit-actor_party = Party of who
csv-audit-acting_for = Acting for
csv-audit-party = Party
csv-audit-party_id = Id of the party
csv-audit-action = What
csv-audit-action_code = Code of the action
csv-audit-target_kind = Kind of object
csv-audit-target_id = Id of the object
csv-audit-result = Result
csv-audit-code = Reason
csv-audit-address = From where
csv-audit-detail = Details
csv-file-audit = audit log
error-own_account = Nobody erases their own account.
error-user_has_lines = The user still has lines: { $count }. Withdraw them first.
error-date_malformed = Write a date as year, month and day: 2026-11-25.
## Users, and lines for many of them
nav-users = Users
users-title = Users
users-intro = People, rooms and queues, each with an extension. Their lines are ports of devices.
users-search = Search users
users-search-hint = Name, extension, number or e-mail
users-site = Site
users-name = Name
users-extension = Extension
users-number = Number
users-email = E-mail
users-language = Language
users-language-site = that of the site
users-lines = Lines
users-no-line = no line
users-customer = Customer
users-find = Search
users-new = Set up a user
users-none = No users yet
users-none-text = A user is a person, a room or a queue of a site. Set one up, and give it a line of a device.
users-unfound = Nobody is found by “{ $searched }”
users-show-all = Show all users
users-end = There are no more users
users-shared = shared: rings here too
users-port = port { $port }
users-back = Users
users-edit = Edit
users-delete = Delete
users-assign = Assign a line
users-identity = User
users-line-device = Device
users-line-use = Use
users-line-primary = own phone
users-line-shared = shared: a further device that rings for the same user
users-line-open = Line of { $device }, port { $port }
users-unassign = Unassign
users-unassign-line = Unassign port { $port } of { $device }
users-no-lines-text = Nothing rings for this user. Assign a free line of a device of the site.
users-made = { $user } is set up.
users-saved = Saved.
users-assigned = The line is assigned. For a phone that is set up by hand, make new credentials: they are shown once.
users-deleted = The user is deleted.
users-stale = Somebody changed this user meanwhile. This is what holds now; make your change again.
users-edit-title = Edit { $user }
users-save = Save
users-delete-title = Delete { $user }?
users-delete-line = { $device }, port { $port }: does not ring any more. Its registrations end, and its credentials are worth nothing.
users-delete-none = No line is lost: this user has none.
users-delete-for-good = Name, extension, number and e-mail address are deleted. This cannot be undone.
users-delete-submit = { $count ->
    [0] Delete the user
    [one] Unassign 1 line and delete the user
   *[other] Unassign { $count } lines and delete the user
}
users-assign-title = Assign a line to { $user }
users-assign-submit = Assign
users-device-none = No device of this site has an available line.
users-device-later = No device yet
users-device-free = { $count ->
    [one] 1 line available
   *[other] { $count } lines available
}
users-device-more = Only the first { $count } are listed. Search for the device you mean.
users-device-search = Search devices
users-device-port = Port
users-device-port-hint = Leave it empty for the first free one.
users-ready = Devices ready to be assigned to users
users-use-hint = Shared: a further device that rings for the same user.
users-step = Step { $step } of 4
users-step-who = Who
users-step-number = Number
users-step-device = Device and line
users-step-check = Check
users-next = Next
users-previous = Back
users-submit = Set up the user
users-nothing-yet = Nothing is written before you press the last button.
users-summary-line = { $device }, port { $port }
users-summary-no-line = no line yet
users-show-credentials = Show the credentials of the line, this once: the phone is set up by hand
users-credentials = New credentials for this site
users-credentials-title = New credentials for all lines of { $site }
users-credentials-submit = Make new credentials and download them
users-credentials-type = Device type
users-credentials-all = All device types
users-credentials-1 = Every assigned line of the site gets a new password. They come in one CSV file, this once: nobody can show them again.
users-credentials-2 = The old passwords stay valid beside the new until the phone has used the new one, at most 24 hours. A phone that has not got the new one by then is cut off.
users-credentials-3 = Whoever has the file can register as these phones. Keep it safe, and delete it when the phones are set up.
users-credentials-4 = If the download fails, do it again: the file made last holds.
range-title = Assign a range of lines
range-open = Assign a range
range-first = From port
range-last = To port
range-users = Users, one a row: extension; name; number
range-users-hint = An extension that is in use at the site stands for that user; others are made with the name beside it. Rows get the ports in order.
range-fill = Fill in the users without a line, in order of extension
range-preview = Check
range-preview-title = What will be done
range-submit = { $count ->
    [one] Assign 1 line
   *[other] Assign { $count } lines
}
range-new = new
range-row = Row { $row }
range-done = { $count ->
    [one] 1 line is assigned.
   *[other] { $count } lines are assigned.
}
range-port = Port
range-user = User
revoke-title = Revoke the old credentials of line { $port } now?
revoke-text = Only the new password is valid from now on. A phone that still has the old one is refused at its next renewal, and { $user } cannot call with it any more.
revoke-submit = Revoke now
revoke-action = Revoke old credentials
revoke-done = Only the new credentials of line { $port } are valid.
revoke-until = old credentials valid until
devices-remove-person = { $user } ({ $extension }) loses this line.
devices-remove-person-number = { $user } ({ $extension }, { $number }) loses this line.
devices-remove-person-shared = { $user } ({ $extension }) loses this line; other devices go on ringing.
devices-remove-more = { $count ->
    [one] One more person loses a line.
   *[other] { $count } more people lose a line.
}
devices-assign-use = Use
# used-by-code: csv-credentials-*
csv-file-credentials = credentials
csv-credentials-mac = MAC address
csv-credentials-device_type = Device type
csv-credentials-port = Port
csv-credentials-user = User
csv-credentials-extension = Extension
csv-credentials-number = Number
csv-credentials-username = User name
csv-credentials-password = Password
csv-credentials-domain = Domain
csv-credentials-registrar = Registrar
# used-by-code: error-*
error-no_old_credentials = There are no old credentials beside those in force.
error-port_out_of_range = The device has the ports 1 to { $max }; { $port } is not in that range.
error-duplicate_port = The port { $port } stands here twice.
error-duplicate_extension = The extension { $value } stands here twice.
error-too_many_users = There are more users than ports: { $max } at most.
error-credentials_columns = The first line must name the columns: mac and port (or extension and site), username, and password or ha1.
error-too_many_rows = The file has too many rows.
error-sip_username_taken = The SIP user name { $value } is in use.
error-line_gone = The line was unassigned meanwhile.
error-no_free_port = No line of this device is available any more.
## Parties and sites: errors
error-party_closed = The party is closed: it can only be read, or opened again by the party above.
error-party_closed_above = The party above is closed. It has to be opened first.
error-party_not_empty = Something still lives below it: open parties { $parties }, devices { $devices }, users with a line { $users }, imports under way { $imports }.
error-sip_domain_fixed = Lines exist below this party: its SIP domain can no longer change.
error-site_code_taken = The customer has a site with this code.
error-closed_alone = A party is closed or opened in a request of its own.
error-party_set_twice = Name the parties one by one, or all below one party, not both.
error-too_many_parties = These are too many parties for one act: at most { $max }.

## Parties and sites: pages
nav-parties = Customers
parties-intro = The parties below yours, with their devices by status.
parties-search-hint = Name, SIP domain or id
parties-all-sites = All sites
parties-shown = Shown
parties-open = Open
parties-open_and_closed = Open and closed
parties-closed = Closed only
parties-is-closed = closed
parties-devices =
    { $count ->
        [0] no devices
        [one] { $n } device
       *[other] { $n } devices
    }
parties-new = Add a party
parties-new-below = Below { $party }
parties-new-submit = Add
parties-edit = Edit party
parties-sip_domain = SIP domain
parties-sip_domain-hint = Domain of the phones’ addresses. A provider left without one gets one of its own; a customer has its provider’s. It cannot change once a line exists.
parties-sip_domain-above = that of the provider
parties-id = Id
parties-sites-below = All sites below
parties-saved-new = The party was added.
parties-saved-edit = The changes are saved.
parties-saved-closed = The party is closed.
parties-saved-open = The party is open again.
parties-closed-since = Closed: { $time } (UTC).
parties-closed-means = Its people cannot sign in, its tokens do not work. It can only be read.
parties-close = Close party
parties-reopen = Open again
parties-close-title = Close { $party }?
parties-close-people = Its people are signed out and cannot sign in; its API tokens do not work.
parties-close-list = It leaves the lists, unless closed parties are asked for.
parties-close-kept = Nothing is deleted: all of it stays readable for you, and it can be opened again.
parties-close-not_empty = It cannot be closed yet. Something still lives below it:
parties-left-parties =
    { $count ->
        [one] { $n } open party
       *[other] { $n } open parties
    }
parties-left-devices =
    { $count ->
        [one] { $n } device
       *[other] { $n } devices
    }
parties-left-users =
    { $count ->
        [one] { $n } user with a line
       *[other] { $n } users with a line
    }
parties-left-imports =
    { $count ->
        [one] { $n } import under way
       *[other] { $n } imports under way
    }
sites-title = Sites
sites-none = There is no site here yet.
sites-show-all = Show all sites
sites-search-hint = Name, code or customer
sites-only-of = Only of { $party }
sites-code = Code
sites-code-hint = A short name of your own, for files. Each code once.
sites-time_zone = Time zone
sites-time_zone-hint = An IANA name: type a city, for instance Paris, and choose Europe/Paris.
sites-language = Language of the phones
sites-language-en = English
sites-language-fr = French
sites-new = Add a site
sites-new-submit = Add site
sites-edit = Edit site
sites-delete = Delete site
sites-delete-title = Delete the site { $site }?
sites-delete-for-good = It is empty. Deleting it cannot be undone.
sites-delete-not_empty = It cannot be deleted yet. These are still here:
sites-left-users =
    { $count ->
        [one] { $n } user
       *[other] { $n } users
    }
sites-closed = Its customer is closed: the site can only be read.
sites-saved-new = The site was added.
sites-saved-edit = The changes are saved.
sites-saved-deleted = The site was deleted.

## Party Manager over many parties
parties-page = Customer page
parties-changes = Last changes
parties-changes-inherited = inherited
parties-changes-system = the command line
parties-many-title = Many parties at once
parties-many-intro = What holds at each party, what is set there, and what differs from the party above.
parties-many-differs = Differs from above
parties-many-differs-any = Whatever is set
parties-many-differs-features = A feature differs
parties-many-differs-types = A list of device types of its own
parties-many-differs-here = differs
parties-many-set-here = set here
parties-many-inherit = Inherited
parties-many-types-own = A list of its own…
parties-many-choose = Choose { $party }
parties-many-which = Which parties
parties-many-named = Those ticked above
parties-many-all = All { $n } that match the search
parties-many-all-shown = All shown
parties-many-too_many = All that match: more than { $max }, too many for one act. Narrow the search.
parties-many-set = Set for each
parties-many-set-choose = Choose what to set
parties-many-go = Continue
parties-many-confirm =
    { $count ->
        [one] Change { $count } party?
       *[other] Change { $count } parties?
    }
parties-many-count = To change: { $count }. Already so: { $unchanged }.
parties-many-more =
    { $count ->
        [one] and { $count } more
       *[other] and { $count } more
    }
parties-many-at_once = It takes effect at once, for all of them or for none. Each change is in the audit log.
parties-many-apply = Change all of them
parties-many-done =
    { $count ->
        [0] Nothing was to be changed.
        [one] { $n } party was changed.
       *[other] { $n } parties were changed.
    }
parties-many-choose_what = Choose what to set.
parties-many-choose_which = Tick at least one party, or choose all that match.
parties-many-moved = The parties have changed since you looked. This is what would be done now: look once more.
