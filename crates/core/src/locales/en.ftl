# Texts of the pages and of what stands in them. Keys begin with the page's own name; the other language has the same keys.

## The page around every page

page-title = { $title } – Tonalite
skip-to-content = Skip to content
nav-main = Main
nav-devices = Devices
language-other = Français
sign-out = Sign out
cancel = Cancel
close = Close
copy = Copy
copied = Copied
none = none
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
devices-total-about = about { $count } devices
devices-next = Next page
devices-first = First page
devices-empty-title = No devices yet
devices-empty-text = Add the first one: choose the site and the model, and type the MAC address from the label under the phone.
devices-empty-viewer = As soon as somebody adds one, it stands here with its state.
devices-unmatched-title = No device matches these filters
devices-unmatched-text = There are devices, but none with this site, type and status together.
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
devices-warning-W01 = This address belongs to another maker than that of the chosen model: is it the right model?
devices-warning-W02 = This address was set by software, not by a maker: check it against the label.

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

devices-show-title = Device { $device }
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
devices-show-never = never
devices-show-lines = Lines
devices-show-port = Line
devices-show-user = User
devices-show-number = Extension and number
devices-show-since = Since
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
devices-show-transport = Transport
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

devices-assign-title = Assign line { $port }
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
