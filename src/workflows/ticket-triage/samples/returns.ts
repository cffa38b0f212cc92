// Labelled tickets for the returns team, written for this project. One per line: priority | subject | description.
export const returns = `
normal | Return headphones | The headphones are fine but too heavy for me. I'd like to return them within the 14 days. Please send me a return label for order 48377.
low | How long can I return? | Is the return period 14 or 30 days for items bought in November? I'm buying Christmas presents early and would like to know beforehand.
high | You sent the wrong item AGAIN | I ordered a black watch, got white, sent it back, and the exchange is white again. Do you people read? I want the right one sent with the return label before the weekend or a full refund of the purchase.
normal | Wrong colour received | I ordered the lamp in grey, the one in the box is green. Can I exchange it for the grey one? It's unused and in the original box.
urgent | Swollen battery, how do I send it back | The battery of the tablet I want to return is swollen to twice its size and hot to the touch. I don't dare to put it in a parcel. It's a fire hazard, please tell me at once what to do with it.
normal | Return label does not print | The return label PDF opens as a blank page on my computer and my phone. Could you send it to me again as an image, or a QR code for the parcel shop?
normal | Refund for returned router | You received my returned router on the 8th according to tracking. The refund isn't on my account yet. When will the return be processed?
low | Do I need the original box? | Just asking: do I have to send things back in the original packaging or will any carton do? Thanks.
high | Return refused for no reason | My return was refused because of "signs of use". I opened it, put it back, that's all! I'm outraged. I want the item inspected again by somebody with eyes and the refund this week.
normal | Exchange for larger size | The smart ring in size 8 is too small. I'd like to swap it for a 10. Do I send it back first or will you send the new one in advance?
normal | Product arrived broken | When I unpacked the glass kettle scale it had a crack across the display. I'd like a replacement, pictures attached. Should I send the broken one back?
normal | Missing accessory in box | The camera kit I got has no battery charger in it though it's on the list. Can you send the part later or do I have to return the whole kit?
high | Return pick-up did not come for the third time | I've stayed at home three days for the pick-up of the faulty TV and nobody showed up. The thing blocks our corridor and I move out on Saturday. Arrange the collection by then, I'm sick of this.
normal | Return one item of a set | I bought the bundle of speaker and subwoofer. May I return just the subwoofer and keep the speaker? How is the refund worked out?
urgent | Recalled charger caused burns | I want to send back the charger that's on the recall list. It melted yesterday and burned my hand. Please act immediately and warn the other buyers of this batch before a house burns down.
low | Suggestion for return form | The drop-down list of return reasons has no entry "received as a present twice". Might be nice to add. It's only a small thing.
normal | Gift return without receipt | My aunt gave me a speaker from your shop but I have one already. I don't have the receipt. Can it be returned for store credit?
normal | Return period missed because of hospital | I was in hospital and therefore four days over the return deadline. The drone is still sealed. Would you accept the return as goodwill?
high | Replacement needed before my trip | The action camera I got is faulty out of the box, and I fly on Tuesday. I'd like an exchange in advance by express, I can hand the broken one to the driver. Please answer today.
normal | Restocking fee | The refund for my returned monitor is 45 euros short. Your email mentions a restocking fee. I returned it within a week, on what basis was this deducted?
normal | Warranty replacement for earbuds | The left earbud of the replacement pair has gone silent as well. It's still under warranty. I'd like to send them in for another exchange.
low | Trade in old phone? | Do you take back old phones when one buys a new one, for a trade-in credit? No hurry, I'm just looking around.
normal | Return to store possible? | Can I return an online order in your shop in Cologne, or does it have to go by post? It's a large printer and I don't like to carry it to the post office.
normal | Opened by mistake | I opened the software box before noticing it's the Mac version. I need the Windows one. Is an exchange possible even though the seal is broken?
high | Refund for return outstanding for 2 months | I returned the laptop on 4 May. Today is 9 July. Each time I'm told "10 more days". 1,150 euros! I've kept the return receipt. If the refund isn't here by Friday I'll hand this to a lawyer.
normal | Sent back the wrong thing | By accident I put my own remote control into the return parcel together with the TV box. Could the returns warehouse look for it and send it to me?
urgent | Returned phone with my banking app is being used by a stranger | I returned a phone last week and you have obviously resold it without wiping it. Someone logged in to my bank with it today. This is a security incident, locate the device and shut it off now.
low | Are refurbished items returnable? | Does the same right of return apply to refurbished products in the outlet? I couldn't find it on the page. Thank you!
normal | Withdraw from purchase | I hereby withdraw from the purchase contract for the electric toothbrush, order 52066, received on the 3rd. Please confirm and tell me where to send it back.
normal | Exchange not shipped | My exchange for the faulty mouse was approved ten days ago and you have the old one. When will the replacement be sent out?
high | Cot monitor faulty, baby monitor exchange needed right now | The baby monitor loses sound at random and I need an exchange quickly because I can't rely on it at night. I've been told to wait three weeks for inspection. That's not acceptable, please replace it straight away.
normal | Cancel return | I've registered the e-reader for return but have decided to keep it. Please cancel the return, I won't send it back.
low | Happy with return process | Just a quick thank you, the return of the toaster was very simple and the refund came in two days. Keep it up.
normal | Refund lower than price paid | I sent back a full-price item and was refunded the sale price. The return slip says 89, my order says 119. Please refund the rest.
normal | Damaged item, exchange or discount | The keyboard has a scratch on the side. It works, so I might keep it if there is a discount, otherwise I'd return it. What do you suggest?
high | Sent me a used product as new | The "new" headset has hair and make-up on the pads. That's disgusting. I demand an exchange for an unused one and free return pick-up. I'm never going to order again if this isn't dealt with by tomorrow.
normal | Return confirmation missing | I dropped the parcel with the returned dock at the shop on Monday. No confirmation email yet. The drop-off receipt number is 771092.
low | Returning opened earphones | For hygiene reasons, can in-ear headphones be returned once opened? I'd like to try them out before deciding. Just asking.
normal | Item not as described | The page says the projector has two HDMI ports, mine has one. I'd like to return it free of charge since the description is wrong.
urgent | Counterfeit device from your return stock | The phone you sent as replacement is a fake, serial number belongs to a stolen device and the police have seized it. Someone is swapping goods in your returns centre. I need an answer immediately, there's a criminal investigation.
high | Returned wrong, you keep my old one and sent nothing | You have had my faulty watch since the 2nd, the replacement never left, and now the ticket was closed. I'm left with nothing! Reopen the exchange and send the watch today please.
normal | Partial return of order | From order 56120 I'd like to send back three of the five bulbs. Do I put the return slip in the box or register online?
low | Can I see the state of my return online? | Is there somewhere on the website where one can follow a return from arrival to refund? It would be helpful, I may have overlooked it.
high | Wedding on Saturday, wrong camera lens delivered | You sent a lens for another mount. I'm the photographer at a wedding on Saturday and can't work with it. I need the exchange by Friday at the latest, can it go out today?
normal | Store credit instead of refund | I received store credit for my returned speaker but would like the money back to my card, as your return policy promises.
low | Idea: reusable return bags | A friend's shop sends things in bags that can be turned inside out for the return. Perhaps that's something for you too.
normal | Received duplicate, want to send one back | I clicked twice and now have two identical docking stations. I'll keep one and return the second. Please send the label.
urgent | Returned battery pack caught fire in post office | The defective battery pack that I sent back with your label caught fire at the post office counter this morning, one person was injured. You told me to ship it normally! Call me at once.
normal | Exchange under guarantee after 20 months | My vacuum's dock broke after 20 months. The shop page promises two years guarantee with exchange. How do I send it in?
high | Returns centre lost my laptop | Your returns centre signed for the laptop on the 14th and now claims that the box was empty. I'm shocked. It weighed 2.4 kg according to the post receipt! I want my refund now, this is outrageous.
normal | Return without printer | I don't own a printer. Is there a code I can show at the parcel shop to send back my order? It's a webcam.
low | Return of a preorder | If I preorder the console and change my mind before it's released, can it simply be sent back or cancelled? Thinking about it only.
normal | Unwanted item in exchange parcel | The exchange parcel had the right charger but also a phone case I never ordered. Shall I return the case or keep it?
high | Replacement is also defective | The replaced coffee grinder scale is defective, the same fault as the first two. Three exchanges in five weeks. I don't want another one, I want the whole purchase refunded now and a courier to collect this junk.
urgent | Returned hoverboard exploded during pick-up | The hoverboard I'm returning exploded when the driver collected it, there was fire in our stairwell. It's extremely dangerous. Stop all returns of this model now and call me at once.
urgent | Recall: device gives electric shocks | The kettle I want to return gave my wife an electric shock and she had to see a doctor. Please start a recall of this item without delay, it's a danger to life. How do I get it to you safely?
urgent | My return was stolen by a fraudster | A fraudster changed the bank account for my return and got the refund of 900 euro. The police have the case number.
urgent | Return warehouse sold my laptop with company data | The laptop we returned was sold by your returns warehouse without wiping, and the buyer called us. Secret company data is on it. It's a security incident, get the device back at once.
urgent | Consumer court deadline for refund ends today | The consumer court has set a legal deadline for the refund of my returned fridge monitor, it ends today. If the refund isn't confirmed right away, the bailiff comes. Please pass this on right now.
urgent | Exchange unit caught fire | The lamp I got in exchange caught fire an hour after I switched it on. There was smoke in the whole flat, nobody was injured.
urgent | Battery in return parcel is burning hot | I've packed the faulty power bank in the return box and now the box gets hot and smells burnt. I've put it in the yard. What should I do right now? Please answer now, I'm scared of a fire.
urgent | Return of a burnt adapter | I want to return an adapter that started to burn in the socket. There were flames and the wall is black. How do I send back something this dangerous?
high | Fourth mail about my refund, no one cares | Fourth mail! I returned the camera in March, the refund was promised in April, and now it's June. I'm furious and need the money. Pay the refund today or I'll go to the consumer advice centre.
high | Exchange must be here before the exam | The calculator arrived with a broken display and my exam is on Thursday. I can't take the exam without it. Please send the exchange by express today, I can return the broken one tomorrow.
`;
