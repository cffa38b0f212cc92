// Labelled tickets for the technical team, written for this project. One per line: priority | subject | description.
export const technical = `
normal | Headphones won't pair with laptop | My new wireless headphones pair with the phone but the laptop doesn't find them over Bluetooth. I've reset them twice. Windows 11, driver is up to date. What else can I try?
high | Router drops connection, can't work from home | Since the firmware update last night the router loses wifi every five minutes. I work from home and can't hold a single video call. I've restarted it ten times. I need a fix today.
low | Does the hub support Matter? | Quick question before I set things up: does the smart home hub support Matter over Thread, or will that come with an update?
normal | Tablet does not charge | The tablet doesn't charge beyond 62 percent anymore. I tried two chargers and another cable. The battery page shows no errors. Any settings to check?
urgent | Charger smells burnt and sparks | The power supply of the speaker makes sparks when I plug it in and smells of burnt plastic. I've pulled the plug. Is it dangerous to touch? My kids sleep in that room, please advise right away.
normal | App crashes on start | After the update to version 5.2 the camera app closes immediately on my Android 13 phone. Reinstalling and clearing the cache didn't help.
normal | Camera shows offline | The outdoor camera is shown as offline in the app although the LED is blue and the wifi signal is strong there. It worked until Sunday. How do I get it back?
high | Update bricked my speaker, useless support | Your automatic update at 3 am bricked my 400 euro speaker. Only a red light, no reset works. I spent two hours on hold and was cut off. I'm really angry, tell me how to restore the firmware now.
low | Feature request: dark mode | Would love a dark mode in the desktop software. The white screen is quite bright in the evening. Great product otherwise!
normal | Sound only on left side | The left earbud is fine, the right one plays very quietly. I've cleaned the mesh and swapped the tips. It's the same on the phone and on the TV.
normal | Bulbs don't respond to voice | Two of the six bulbs stopped reacting to voice commands, in the app they can be switched. Firmware 1.8.4 on all. Removing and adding did not help.
urgent | Complete outage of cloud recording | None of our 14 cameras has recorded since 02:10, the status page says all green but the whole service is down for us. We're a pharmacy and have no surveillance at all. This is an outage, please escalate immediately.
normal | Robot vacuum gets lost | The vacuum robot doesn't find its dock after cleaning the kitchen, it turns in circles and gives error 12. Sensors are clean, map deleted and learned again.
low | Which cable for 4K at 120 Hz? | Which HDMI version do I need between the console and your soundbar to get 4K at 120 Hz? I've no problem at the moment, only want to buy the right cable.
high | Printer software blocks my work | The driver won't install, error 1603 each time, and I have to print my thesis by tomorrow morning. I've tried everything in your manual. Please, a quick answer would save me.
normal | Watch shows wrong time after travel | After coming back from Japan the watch keeps the old time zone even though sync with the phone is on. Restarted both.
low | Manual as PDF | Could you point me to the manual of the old DX200 speaker as a PDF? I got it second hand and can't find it on the support page.
normal | Thermostat temperature off by 3 degrees | The thermostat shows 24 while a thermometer beside it shows 21. Is there a way to calibrate the sensor in the app?
high | Alarm system goes off every night | Our alarm hub triggers a false alarm every night at about 3, the neighbours have complained to the landlord and I have not slept for a week. Your hotline says reboot, which does nothing. This must be solved now.
normal | Keyboard key repeats | The letter e on my mechanical keyboard often types twice. Firmware updated with your tool, still the same. Is there a debounce setting?
urgent | Smart lock opened by itself tonight | Our smart lock unlocked by itself at 2 am, the log has no entry and the door stood open while we were asleep. This is a serious safety problem, we can't lock the house. Call us immediately.
normal | Stream stutters on TV app | Movies in your TV app stutter every few seconds, other apps play fine on the same TV. Internet is 100 mbit by cable. App version 3.0.1.
low | Suggestion for the equalizer | Could the equalizer in the app get a preset for podcasts? Only a wish, the sound is already great.
normal | Power bank does not turn on | The power bank doesn't react to the button and no LED is on. It was charged all night with the cable that came with it. Is there a reset?
normal | Cannot update firmware | The update stops at 34 percent with "verification failed". Device is on a UPS and wifi is stable. I've tried over the phone and over the PC.
high | Conference system fails in front of clients | The conference camera froze again in the middle of a client meeting, for the fourth time this week. It's embarrassing and costs us business. We have a board meeting on Thursday, the thing has to work by then.
normal | E-reader doesn't sync books | Books bought yesterday don't appear on the e-reader. Sync says complete, and on the phone they're shown. Device storage is 40 percent full.
low | What does the orange light mean? | The charging case has an orange light that I haven't seen before. Everything works. Just curious what it means.
normal | Microphone too quiet in calls | People can barely hear me with the headset on Teams. Input level is at maximum. On the phone the mic is good. Is there a driver setting?
normal | Bluetooth delay with TV | There's a delay of half a second between picture and sound if the headphones are connected by Bluetooth. Is a low latency codec supported?
urgent | Laptop overheating, battery bulging | The laptop gets so hot that I burned my leg, and the bottom plate is bulging over the battery. I'm afraid it will explode. It's switched off now and on the balcony. What should I do right now?
normal | Projector picture is blurry on one side | The right side of the picture stays out of focus with any setting. Keystone is off and the lens is clean. Distance is 2.8 metres.
normal | Hub loses its sensors | Since I changed the wifi channel, three door sensors show "no signal" and don't reconnect. They're four metres from the hub. Is a new pairing needed?
high | NAS shows degraded, all my data is at stake | The storage box reports a failed disk and the rebuild stops with an error. My business files for ten years are on it and I can't get at them. I need an engineer to tell me the right steps today before I break something.
low | Roadmap for Linux client | Are there plans for a Linux version of the sync client? I'd be happy to beta test. No pressure.
normal | Wifi password change on camera | I've got a new internet provider. How can I change the wifi on the doorbell without deleting all the settings?
normal | Touchscreen reacts wrong | The touchscreen of the e-reader registers taps about a centimetre above my finger. Restart doesn't help. Can it be recalibrated?
normal | Soundbar no sound after standby | The soundbar has no sound after the TV wakes from standby, until I unplug it. CEC is on. Same with another HDMI cable.
high | Doorbell dead after one week | The video doorbell is dead after a week, no light, no reset, nothing. We're out all day and rely on it because of break-ins in our street. I asked for help 4 days ago and got no reaction. Please finally help me get it running.
low | Battery care tip? | Is it better for the tablet to be charged to 80 percent only? I've read different things and wanted to ask the people who know.
normal | Game controller drifts | The left stick of the controller drifts upward. Calibration in the app improves it for a day, then it starts again. Is there newer firmware?
urgent | Heating control down in care home | All your thermostats in our care home have dropped offline and the heating is stuck off, it's 14 degrees with 60 elderly residents. Your cloud seems to be down. We need help this minute, people's health is at risk.
normal | Export of recordings fails | When I want to export a clip from the camera app it stops at 99 percent with "unknown error". Short clips work, longer ones than two minutes never do.
normal | Speaker group out of sync | The two speakers in the living room group are out of sync by an echo since the latest update. When grouped by cable everything is fine.
low | Colours of the LED strip | Nice product! Would it be possible to add a real warm white below 2200 K in some future firmware? I like it cosy.
high | Cannot start PC since driver install | After installing your dock's driver my PC only shows a blue screen. I can't get to my files at all and have a deadline tonight. How do I get rid of the driver in safe mode? Please be quick.
normal | Fan noise on idle | The mini PC's fan runs at full speed when idle. Temperatures are 38 degrees. Could that be a BIOS fault?
low | Compatible with older iPad? | Does the drawing app for the pen run on an iPad from 2018? I only want to know before installing it.
normal | VPN on the router is slow | With VPN turned on the router only gets 12 mbit instead of 90. CPU load shows 100 percent. Is hardware acceleration supported?
urgent | Security hole in your camera firmware | I'm a security researcher. The camera's web server accepts a fixed password and gives full access to the video without login, from the internet. Tens of thousands of devices are exposed and it's being exploited. Please contact me at once.
normal | Headset disconnects after 10 minutes | My headset turns itself off after ten minutes even while music is playing. The auto-off timer in the app is disabled.
high | Third firmware that breaks my hub | Third firmware in a row that kills all automations!! Lights on at 4 am, blinds stuck, wife furious. Don't you test anything? Roll back my hub to the old version today.
low | Widget for the home screen | A small home screen widget that shows the battery level of the earbuds would be lovely. Just leaving the idea here.
normal | Drone does not get GPS | The drone gets no GPS lock even after ten minutes in an open field, so it doesn't start. Compass is calibrated, firmware current.
urgent | Smoke from the camera, danger of fire | There's smoke coming from the housing of the outdoor camera and the cable has melted. We've cut off the power. Is there a danger of fire in the others too? Please answer immediately.
urgent | Nothing is online any more | All of our sensors and cameras are offline since last night, in every branch. It looks like a failure of your whole cloud.
urgent | Smoke detector does not sound, safety risk | Your smoke detector didn't react to a real fire in our kitchen last night. The app said everything was fine. That's life-threatening, please warn all owners right away.
urgent | Camera hacked, a stranger speaks to my child | A stranger is talking to my daughter through the camera in her room. The device has been hacked! I've pulled the plug. Tell me immediately how to secure the others, this is a security emergency.
urgent | Power adapter burning | The power adapter of the router burned through last night. There was a flame, smoke and a black spot on the wall.
urgent | Battery is getting hot and swelling | The battery of the drone is getting hot and swells while it's lying on the table. It isn't even plugged in. Could it explode?
urgent | Emergency call button doesn't work | My mother's emergency call button has had no connection since your server update. She fell today and couldn't call for help. Service is down for others too. This is about people's lives, fix it immediately.
urgent | E-scooter brakes fail after update | After the firmware update the electronic brake of the scooter no longer works, I nearly got run over. Take back this update at once before somebody is killed. It's a safety defect.
high | Nothing works since your update, I'm furious | Since your update on Sunday neither the lights nor the blinds work, and I've written five times without an answer. I'm furious. I need a solution today, I'm not going to wait another week.
high | Tablet dead, presentation tomorrow | The tablet shows only the logo and restarts, with the presentation for tomorrow on it. I've tried every key combination. Please help me today, I can't do my job without it.
`;
