// Labelled tickets for the shipping team, written for this project. One per line: priority | subject | description.
export const shipping = `
normal | Where is my parcel? | I ordered a wireless keyboard eight days ago and the tracking has said "in transit" since last Tuesday. Could you find out where the parcel is? Order 48110.
high | Birthday present not here, party is tomorrow | The e-reader was promised for Wednesday with express delivery. It's Friday, the courier hasn't come and my daughter's birthday is tomorrow. Please do something today, I paid extra for express!
low | Do you ship to Norway? | Hi, I might order a pair of speakers for my brother in Bergen. Do you deliver there and roughly how long would it take? Thanks in advance.
normal | Wrong delivery address | I made a typo in the street number when ordering, it must be 14 instead of 41. The order hasn't been shipped yet I think. Can you change the delivery address?
urgent | Parcel with battery is smoking in our hallway | The courier left a crushed parcel with a power bank at our door and there is smoke and a chemical smell coming out of the box. We have taken it outside. Please tell us immediately what to do and recall the rest of that delivery.
normal | Delivered but not received | Tracking says my package was delivered at 11:32 and signed by "M". Nobody was at home and no neighbour has it. Please open an inquiry with the carrier.
normal | Only one of two boxes arrived | My order consists of a monitor and a stand. The stand came yesterday, the monitor is missing. Is it in a second shipment? There is only one tracking number.
high | Third failed delivery attempt, I was HOME | Your courier claims again that nobody was here. I took a day off for the third time and he didn't even ring. This is ridiculous, I need that laptop for work on Monday. Get somebody competent to deliver it.
low | Eco packaging idea | The tiny SD card came in a box as big as a microwave. Maybe you could use letters for small items? Just a friendly suggestion, everything arrived in good shape.
normal | Change delivery date | I'm away from the 4th to the 10th. Could the delivery of the robot vacuum be moved to the week after? Order number 50932.
normal | Redirect parcel to pickup point | Is it still possible to send my parcel to the pickup station at the central railway station rather than to my home? It should be with the carrier since this morning.
urgent | Courier faked my signature, phones stolen | The tracking shows my signature for a delivery of two phones worth 1,900. I was abroad at that time and it's not my signature. This is theft by the driver and I've filed a police report. Please stop this driver at once.
normal | Tracking number does not work | The shipping email has a tracking number but the carrier's site says it does not exist. It's been three days. Could you send me the right number?
low | Which carrier do you use? | Just curious, which parcel service do you work with in the south of Germany? Our street is a bit hard to find for some of them.
high | Order stuck in warehouse since 2 weeks | You confirmed that the camera is in stock and ships in 24 hours. Two weeks later the status is still "preparing". I leave for my trip on Thursday and need it until then. I have written twice and got no answer.
normal | Customs charges on delivery | The driver asked for 38 euros of customs duty at the door, although your shop says duties are included for Switzerland. I refused the parcel. What now?
normal | Outer carton damaged in transit | The box of the TV arrived with a large hole and the driver noted it on his device. I haven't unpacked it yet. Should I accept it or will you send another one?
low | Delivery on saturdays? | Does the standard option deliver on Saturdays as well? I'm still deciding which option to pick, so no hurry with the answer.
high | Medical device accessory not delivered, needed by tomorrow | I ordered the spare charger for my father's hearing device with overnight delivery. It should have been here on Monday, it is now Wednesday and tracking shows nothing. He can't be without it longer, please expedite.
normal | Parcel sent back to sender | According to tracking my package was returned to your warehouse because the address was incomplete. Please ship it again, the apartment number is 3B.
normal | Preorder shipping date | I preordered the new console for release day. The estimated shipping date jumped from the 5th to the 19th. Is that correct and will there be another delay?
urgent | Delivery van hit my child's bike, driver fled | Your delivery van with our parcel drove over the pavement, nearly injured my son and took off. This is dangerous. I have the plate and photos, call me back immediately before someone gets hurt.
normal | Shipment split without notice | I got an email that my order ships in three parts on three days. I can only receive parcels on Friday. Could the parts be sent together?
low | Packing without plastic | Is there a way to tick "no plastic filling" when ordering? I'd love such an option. Thanks for reading.
normal | Parcel left in the rain | The courier put the parcel in front of the garden gate in pouring rain although I had named a safe place. The carton was soaked, the content seems ok. Please tell the carrier to use the garage next time.
high | Wrong parcel delivered, mine went to somebody else | I received a parcel for a Mrs Okafor in another city, so I guess she has my tablet. I need the tablet for an exam on Monday. Please arrange the swap today, the hotline just put me in a loop for an hour.
normal | Delivery time window | The carrier mail gives a window from 8 to 20 o'clock for the washing machine sensor. Could you give me a narrower window or ask the driver to call before arrival?
normal | Estimated arrival passed | The estimated arrival for order 53318 was the day before yesterday. No update since the sorting centre in Leipzig. Is the package lost?
low | Delivery to a holiday home possible? | We'll be in Denmark over the summer. Would it be possible to have something delivered to a holiday house there? Only asking in general.
normal | Address change after moving | We have moved last week and there is one open shipment, a smart lock. Please send it to the new address in Utrecht, not to the old flat.
high | Store opening on Monday and no equipment delivered | We ordered 12 speakers for the opening of our café, with confirmed delivery for last Thursday. Nothing has arrived and nobody can tell me where the pallet is. The opening is Monday. I need a binding delivery time now.
normal | Locker code missing | My parcel is in the locker according to tracking, but I never got a pickup code by mail or SMS. Please have the code sent again.
urgent | Leaking lithium shipment at our depot | We are the receiving depot for your pallet 7741. Several cartons with batteries are leaking and getting hot, staff have been evacuated. We need your dangerous goods contact right now.
normal | Neighbour refuses to hand over parcel | The parcel was left with a neighbour on the second floor who says he never got anything. Can the carrier prove who took the delivery?
low | Tracking link in the app | It would be great to see the parcel's position on a map inside your app. The current list of stations is ok, but a map would be cool.
normal | No shipping confirmation | I ordered a mouse five days ago. Money is gone, but I've had no shipping confirmation yet. Has it been dispatched? Order 54007.
normal | Ship to parcel shop instead | Since I work all day, please deliver order 54410 to the parcel shop on Mill Road instead of my flat, if it has not left the warehouse yet.
high | Driver threw my parcel over the fence | My door camera filmed how your delivery guy threw the parcel with a 700 euro lens over the fence!!! I'm furious. I want a call from someone responsible for shipping today and a confirmation that he won't come to my house again.
low | How are parcels insured? | Are shipments insured by default and up to what value? I'm thinking of ordering a rather expensive telescope next month.
high | Express paid, sent by standard mail | I paid 19.90 for next day delivery because I leave on Sunday. The label says standard, it will be here on Tuesday. Please reroute or send another one by courier today, otherwise the order is useless to me.
urgent | Stolen parcels, someone intercepts deliveries with fake redirects | Somebody redirected three of my parcels to an unknown address with a forged request. This is organised fraud. Block all redirects on my shipments immediately and tell me where the goods went, police are informed.
normal | When will backorder ship | The adapter on my order is on backorder since the 1st. The rest has arrived. When do you expect to ship the adapter?
low | Delivery feedback | Wanted to say the courier was very kind and carried the heavy parcel up to the fourth floor. No action needed, you may pass this on.
normal | Parcel held at customs | My shipment to Iceland is held at customs since Monday. They say the sender has to give the tariff number. Can you help them with that?
high | No heating control, parcel overdue for 10 days | The thermostat you sent has been overdue for ten days and our flat stays cold, the old one is already taken off the wall. I get the same copied answer about the carrier each time. I want the parcel or a new shipment by tomorrow.
normal | Can I add an item to my order before shipping | I forgot to add a charging cable to order 55871. If it hasn't been packed yet, could you put it in the same parcel?
low | Which days does the freight carrier come | For bigger items, does the freight company make an appointment or do they just turn up? Asking before I order a fridge camera set.
normal | Two identical parcels arrived | I ordered one lamp but two parcels with the same lamp were delivered, both with my name. The carrier says it's right. Will you have one collected?
normal | Proof of delivery needed | Our accounting asks for proof of delivery for shipment 990123 with date and signature. Where can I get it?
high | School project kits missing, lesson on Thursday | 25 microcontroller kits for my class should have arrived on the 2nd. Tracking stopped at the border. The lesson is on Thursday and I can't teach without them. Please check with the courier urgently and ring me back.
low | Delivery instructions field | The field for delivery instructions is limited to 30 characters. Would be helpful if it were longer, our entrance is round the back.
urgent | Opened parcel contains drugs | The package you shipped was opened and retaped on the way, inside next to the router there's a bag with white powder. I'm scared, someone misuses your shipments for a crime. Contact me immediately, the police are on their way.
normal | Courier cannot find house | Our new street isn't on the maps yet and the courier sent back the parcel for the second time. I can give a description or meet him at the church. Please pass on my phone number.
high | Where is my order???? | 16 days. SIXTEEN. "Your parcel is on its way". It's not. Nobody answers on chat, nobody calls back. Find my parcel today or I'll report you to consumer protection.
urgent | Fire in delivery van, our parcel inside | The courier called that a battery in the van caught fire and that our street is closed. The fire brigade needs to know right away what's in your shipment. This is dangerous, call me back at once.
urgent | Parcel theft by fake courier | A man who pretended to be your courier collected our pallet of phones this morning. It was fraud, the real driver came an hour later. Please stop the delivery and alert the police immediately.
urgent | Broken glass and acid in package, child injured | The package arrived broken and a liquid leaked out of the battery that burned my child's hand. We're at the hospital. Tell us now what the substance is, and stop shipping these.
urgent | Label service is down | The whole shipping service is down since last night. None of our locations can print labels and all parcels are stuck.
urgent | Package smells burnt | The package from your warehouse smells burnt and gets warm on one side. There's a battery in it according to the label. I've put it outside.
urgent | Customs seizure, legal deadline is today | Customs have seized shipment 88121 and suspect smuggling. The legal deadline for the declaration ends today at four. If we don't get the export papers at once, there'll be criminal proceedings.
urgent | Courier threatened me with a knife | Your delivery driver threatened me with a knife when I asked for my parcel. I'm afraid for my safety, the police are here. Make sure right away that this man doesn't deliver anywhere today.
urgent | Goods stolen on the way | Four of our parcels were opened and the phones stolen on the way, the driver is a suspect. The police have opened a case for theft.
high | Parcel with insulin cooler still not here | The travel cooler for my insulin was due on Monday, now I fly tomorrow night and the tracking hasn't moved. I've called four times and I'm really angry. Please deliver it by tomorrow noon.
high | No delivery and no answer, last chance | Five weeks without delivery and without one answer to my mails. I've never seen such terrible service. I need the parcel by Friday, or I'll have the bank take the money back.
`;
