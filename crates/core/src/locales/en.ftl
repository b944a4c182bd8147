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
timeline-reboot_requested-by = Reboot asked for by { $user }
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
reboot-off = Rebooting is switched off here. { $who }
# used-by-code: reboot-switch-on-*
reboot-switch-on-platform = Who runs this installation can switch it on.
reboot-switch-on-provider = An administrator of the provider can switch it on.
reboot-switch-on-operator = An administrator of the operator can switch it on.
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
error-feature_disabled = “{ $feature }” is switched off here. An administrator of the party above can switch it on.
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
error-not_a_session = A token cannot sign out: withdraw it instead.

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
error-line_taken = This line belongs to { $user } (extension { $extension }). Unassign it first.
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
error-site_not_empty = The site still has devices or users. Move or remove them first.
error-not_a_customer = Only a customer has sites.
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
export-button = Export device status
export-button-hint = All rows of this filter, as a CSV file
export-off = The export of line states is switched off here. { $who } can switch it on.
export-off-unnamed = An administrator of the party above
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
