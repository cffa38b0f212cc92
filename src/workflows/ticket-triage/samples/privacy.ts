// Labelled tickets for the privacy team (data-protection requests), written for this project. One per line: priority | subject | description.
export const privacy = `
normal | Please erase my personal data | I ask you to erase all personal data that you hold about me under Article 17 GDPR. I'm no longer a customer. Please confirm the erasure in writing.
normal | Data access request | Under Article 15 GDPR I request a copy of all personal data you have stored about me, including the purposes and recipients. My customer number is 338120.
low | Where is your privacy policy for the app? | I found the privacy policy of the website but not of the app. Can you send me the link? Just curious what data it collects.
high | You ignore my erasure request | I've asked three times to have my data deleted and I'm still getting your advertising. Do you take data protection seriously at all? I'm very angry. Delete my data now and confirm it this week.
urgent | Legal deadline for access request expires tomorrow | I sent my GDPR access request four weeks ago. The statutory deadline of one month ends tomorrow. If I don't receive my data by then, my lawyer files a complaint with the supervisory authority.
normal | Withdraw consent to marketing | I withdraw my consent to the use of my email address and phone number for marketing. Please stop it and confirm.
normal | Unsubscribe doesn't work, object to advertising | I object to the processing of my data for direct advertising, Article 21. The unsubscribe link in the mails leads to an error page.
urgent | Personal data of other customers in my export | The data export you sent contains names, addresses and birthdays of hundreds of other customers. This is a data breach! Please take action at once, you have 72 hours to report it to the authority.
normal | Delete voice recordings | I'd like all voice recordings that the speaker made in our home to be deleted from your servers, and no further storage of them. Please confirm.
low | How long do you keep my data? | For how long is purchase data stored after the last order? I'm interested in the retention periods, nothing special.
normal | Correct my personal data | According to the copy of my data, you've stored a wrong date of birth and a credit note that isn't mine. Under Article 16 I ask for rectification of this data.
normal | Data portability | Please send me my personal data in a machine-readable format, Article 20 GDPR, particularly my heart rate data from the watch, as I'm moving to another provider.
high | Marketing calls in spite of withdrawn consent | I withdrew my consent to phone marketing in February, in writing. Yesterday I got two advertising calls again. That is unlawful and I've had enough. Remove my number from every list today.
normal | Which data do you share with third parties? | Please tell me to which third parties and processors my personal data has been passed on, and on what legal basis.
low | Question on cookies | Do you use any analytics cookies when I reject all in the banner? I'd like to understand it a bit better, there's no problem as such.
urgent | Camera videos of our bedroom seen by strangers | Through a privacy leak the recordings of our indoor camera were viewable by strangers, someone sent us screenshots. Our children are in the pictures. Cut off the access to these data immediately and tell us who has seen them.
normal | Erasure of my child's data | My twelve-year-old registered without my permission. As his parent I don't consent to the processing. Please erase his personal data, including the voice profile.
normal | Contact of data protection officer | Please give me the contact details of your data protection officer, I'd like to send a confidential enquiry about the processing of my data.
normal | Right to be forgotten, old customer | I last bought something in 2016. I ask that you delete my personal data completely, right to be forgotten, unless there's a legal duty to keep it. Which data would remain?
high | Incomplete answer to my access request | The copy of my data that you sent is a joke. Location data and call recordings are missing although your own policy lists them. I requested ALL data. I demand the complete information before the end of this week.
low | Suggestion: privacy settings in one place | The privacy settings are spread over four menus. It'd be great to have them all on one page. Just a tip.
normal | Stop profiling | I object to the profiling of my shopping behaviour for personal recommendations. Please set my data to no profiling.
normal | Consent for location data | I'd like to withdraw the consent I gave for the collection of location data in the app, and have the location history erased.
urgent | Court order, data must be preserved by today | We act for our client and enclose a court order. The log data and recordings of the account concerned must be preserved and must not be erased under retention rules. The deadline of the court ends today at 18:00.
normal | Copy of my call recordings | I'd like a copy of the telephone recordings with your hotline from the 2nd and 9th of June, as part of my right of access to personal data.
normal | Restriction of processing | Until the dispute about the accuracy of my data is settled, I request restriction of processing under Article 18. Please confirm that my data is blocked.
low | Are the servers within the EU? | Is the data from the smart scale stored inside the European Union or elsewhere? Only asking because a friend wondered.
high | Deleted data shows up again | You confirmed the erasure of my personal data in April. Today I get a newsletter with my full name! So you lied. I want a written statement by Monday on where this data comes from.
normal | Data processing agreement | For our company we need a signed data processing agreement under Article 28 for the use of your cloud. Please send us the document and the list of subprocessors.
normal | Newsletter although never subscribed | I never consented to receiving your newsletter. Where did you get my address from? Please give me the source of my data and delete it.
normal | Delete account and all personal data | Please close my account and delete all personal data with it, including backups and the data at your partners. I'm entitled to that under the GDPR.
urgent | Health data leaked | My pulse and sleep data from your watch have turned up in a public file on the internet along with thousands of other people. It's a massive data breach of health data. You must inform the authority and those affected without delay, reply immediately.
normal | Photo in review to be erased | In a product review there's a picture showing me and my licence plate, posted by someone else. I haven't consented to that. Please erase this personal data.
low | Do you use my data to train AI? | Out of interest, is customer data used for training AI models? I couldn't find it in the privacy notice. Thanks for a short answer.
normal | Opt out of data sharing with partners | I opt out of any sharing or sale of my personal information to advertising partners. Please process this request and confirm.
normal | Access to deceased father's data | My father passed away. As his heir I'd like to know which personal data you hold about him, and then have it deleted. Certificate attached.
high | Erasure refused with nonsense | You refused my erasure request since I "might order again". That's no legal basis and you know it. I'm furious. Delete my personal data at once, or I'll complain to the data protection authority on Friday.
normal | Anonymise my reviews | I'd like my product reviews to stay, but without my name. Please anonymise them and delete the link to my person.
low | Understanding the privacy notice | In section 6 of your privacy notice you mention "legitimate interest". Could you explain in simple words what that covers? It's just for my understanding.
normal | Request for information on stored data, CCPA | I'm a California resident and request to know the categories and specific pieces of personal information you've collected about me in the last 12 months.
normal | Delete fingerprint data | I used the fingerprint function of the lock. Please confirm whether biometric data are stored on your servers, and delete them if so.
high | My data given to my ex-husband | Your support gave my new address and order list to my ex-husband on the phone, without my consent. I'm appalled. I want to know today which of my data was disclosed, to whom, and on what grounds.
urgent | Supervisory authority inquiry, reply due today | This is the state data protection authority. With our letter of the 1st we set you a legal deadline to comment on complaint 4-1182. It expires today. Without a reply formal measures will be taken.
normal | Withdraw consent for camera analysis | I withdraw my consent to person recognition by the cloud of my camera. Please stop the analysis and erase the face profiles.
low | Privacy for kids' tablet | What data does the kids mode of the tablet collect? I'd like to read up on it before giving it to my niece.
normal | Erase old support chats | Please delete the chat logs with your support from last year, I mentioned health details in them which you don't need.
high | No answer to data request for five weeks | I sent a request under the GDPR on the 3rd of last month and got nothing but an automatic reply. You're late. Send me the information about my data by tomorrow, I've been patient long enough.
low | Feedback on your cookie banner | Your cookie banner is the first one with an honest reject button. Well done, I only wanted to say that.
urgent | Ransom gang claims to have your customer data | I got a mail from criminals who know my address, order history and the last digits of my bank account, data that only you have. They want money. This is a data breach, please secure the systems and inform everyone now.
normal | Consent form for photo contest | I took part in your photo contest and gave consent to publication. I'd like to revoke the consent, please take down my picture and name.
high | Staff member used my private data to contact me | One of your drivers used my phone number from the label to send me private messages. This is a misuse of my personal data and I feel harassed. I expect an answer from the data protection officer by tomorrow.
normal | Former employee requests personnel data | I worked at your warehouse until March. I request access to the personal data in my personnel file under Article 15, and erasure of my photo on the intranet.
low | Newsletter without tracking? | Could the newsletter be sent without tracking pixels for those who care about privacy? I like reading it. Only a wish.
normal | Confirm that data was deleted | Two months ago I asked for deletion of all my data. I haven't received any confirmation. Please let me know whether it's done.
urgent | Data breach: my file is public on the internet | My full file with name, address, bank details and ID copy can be found in a search engine, straight from your server. It's a data breach. Take the file offline now.
urgent | Recordings of us on the internet | Recordings from our living room camera are on the internet. It's a leak of our most private data and our children can be seen.
urgent | GDPR deadline ends today, lawsuit prepared | The legal deadline for answering my client's request for access under Article 15 GDPR ends today. If the personal data doesn't arrive by midnight, we'll file the lawsuit tomorrow.
urgent | My address disclosed, I'm in witness protection | Your staff disclosed my secret address to a third person although a block on my data was agreed. I'm in danger of my life. Delete the address immediately and tell me who received this data.
urgent | Nude pictures from camera cloud published | Private pictures from my camera cloud have been published on a website. It's a criminal breach of my privacy. Please secure the data at once and help the police find out who had access.
urgent | Backup drive with customer data found | I found a hard disk at the flea market with your customer data, names, addresses, card numbers. This is a serious data breach, please contact me right away before it falls into the wrong hands.
urgent | Data leak in the newspaper | The newspaper writes that the personal data of your customers was leaked. My data was part of it, I've already got blackmail mails.
urgent | I see data of strangers | After opening my data export I see the names, addresses and phone numbers of strangers. It seems to be a data breach on your side.
high | Still getting mails after four objections | I've objected four times to the use of my data for advertising and still get mails every day. I'm furious. Stop processing my personal data today, or I'll go to the authority.
high | Need copy of my data before hearing on Monday | I need the copy of my personal data for a hearing on Monday and asked for it six weeks ago. Nobody answers. Please send the information by Friday, otherwise it's useless for me.
`;
